/** Socket Mode: the app connects to us, and every payload goes to one of its sockets. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Delivery, Outcome } from './deliver.ts';
import { parseObject } from './http.ts';
import { APP } from './people.ts';
import type { Json } from './types.ts';

const MAX_SOCKETS = 10;
const PING_MS = 10_000;
const CLOSE_MS = 500;

export interface SocketMode {
  /** A one-time address for `apps.connections.open`. */
  newUrl(baseUrl: string): string;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  connected(): number;
  send(delivery: Delivery, timeoutMs: number): Promise<Outcome>;
  /** What Slack does every few hours: tells each socket to reconnect. */
  recycle(): void;
  close(): Promise<void>;
}

export function createSocketMode(): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, { socket: WebSocket; settle: (outcome: Outcome) => void }>();

  const heartbeat = setInterval(() => {
    for (const socket of sockets) socket.ping();
  }, PING_MS);
  heartbeat.unref();

  const accept = (socket: WebSocket, host: string): void => {
    sockets.add(socket);
    socket.on('message', (data) => {
      const answer = parseObject(String(data));
      const entry = waiting.get(String(answer?.envelope_id));
      entry?.settle({ ok: true, status: 200, body: unwrap(answer?.payload) });
    });
    socket.on('close', () => {
      sockets.delete(socket);
      for (const entry of waiting.values()) {
        if (entry.socket === socket) entry.settle({ ok: false, status: 0, reason: 'connection_failed' });
      }
    });
    socket.on('error', () => socket.terminate());
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        debug_info: { host, build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: APP.app_id },
      }),
    );
  };

  return {
    newUrl(baseUrl) {
      const ticket = randomBytes(12).toString('hex');
      tickets.add(ticket);
      return `${baseUrl.replace(/^http/, 'ws')}/link?ticket=${ticket}&app_id=${APP.app_id}`;
    },
    upgrade(req, socket, head) {
      const url = new URL(req.url ?? '/', 'http://localhost');
      if (url.pathname !== '/link') return false;
      if (!tickets.delete(url.searchParams.get('ticket') ?? '') || sockets.size >= MAX_SOCKETS) {
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return true;
      }
      server.handleUpgrade(req, socket, head, (ws) => accept(ws, req.headers.host ?? ''));
      return true;
    },
    connected: () => sockets.size,
    send(d, timeoutMs) {
      const open = [...sockets].filter((s) => s.readyState === WebSocket.OPEN);
      const socket = open[Math.floor(Math.random() * open.length)];
      if (!socket) return Promise.resolve({ ok: false, status: 0, reason: 'connection_failed' });
      const envelope_id = randomUUID();
      return new Promise((resolve) => {
        const settle = (outcome: Outcome): void => {
          clearTimeout(timer);
          waiting.delete(envelope_id);
          resolve(outcome);
        };
        const timer = setTimeout(() => settle({ ok: false, status: 0, reason: 'http_timeout' }), timeoutMs);
        waiting.set(envelope_id, { socket, settle });
        socket.send(JSON.stringify(envelope(envelope_id, d)));
      });
    },
    recycle() {
      for (const socket of sockets) socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    async close() {
      clearInterval(heartbeat);
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.close(1001);
      const patience = setTimeout(() => {
        for (const socket of sockets) socket.terminate();
      }, CLOSE_MS);
      await Promise.all(closed);
      clearTimeout(patience);
      server.close();
    },
  };
}

function envelope(envelope_id: string, d: Delivery): Json {
  const type = d.kind === 'events' ? 'events_api' : d.kind === 'commands' ? 'slash_commands' : 'interactive';
  const whole: Json = { envelope_id, type, payload: d.body, accepts_response_payload: d.kind !== 'events' };
  if (d.kind === 'events') {
    whole.retry_attempt = d.retry?.num ?? 0;
    whole.retry_reason = d.retry?.reason === 'http_timeout' ? 'timeout' : (d.retry?.reason ?? '');
  }
  return whole;
}

/** An ack without content arrives as an empty object. */
function unwrap(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  return Object.keys(payload).length === 0 ? undefined : payload;
}
