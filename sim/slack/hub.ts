/** Carries events to the browser pages and to tests, each person only what that person may see. */
import type { ServerResponse } from 'node:http';
import type { ClientEvent } from './client-api.ts';

export interface Hub {
  /** To some people, or to everyone who is looking. */
  send(event: ClientEvent, to: 'everyone' | readonly string[]): void;
  /** Turns a response into an event stream for one person. */
  stream(person: string, res: ServerResponse): void;
  /** Calls back with every event and its readers; returns the way to stop. */
  listen(listener: (event: ClientEvent, to: 'everyone' | readonly string[]) => void): () => void;
  close(): void;
}

const KEEP_ALIVE_MS = 15_000;

export function createHub(): Hub {
  const streams = new Set<{ person: string; res: ServerResponse }>();
  const listeners = new Set<Parameters<Hub['listen']>[0]>();
  const beat = setInterval(() => {
    for (const s of streams) s.res.write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  beat.unref();
  return {
    send(event, to) {
      for (const listener of [...listeners]) listener(event, to);
      if (streams.size === 0) return;
      const frame = `data: ${JSON.stringify(event)}\n\n`;
      for (const s of streams) if (to === 'everyone' || to.includes(s.person)) s.res.write(frame);
    },
    stream(person, res) {
      res.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      res.write('retry: 1000\n\n');
      const entry = { person, res };
      streams.add(entry);
      res.on('close', () => streams.delete(entry));
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(beat);
      for (const s of streams) s.res.end();
      streams.clear();
      listeners.clear();
    },
  };
}
