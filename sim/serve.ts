/** A small host for stand-ins: offers each request to its handlers in turn, on the loopback interface only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Handler {
  /** False when the request is not for this handler. */
  handle(req: IncomingMessage, res: ServerResponse): boolean | Promise<boolean>;
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

export interface Served {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes any free one. Rejects when the port is taken. */
export async function serve(handlers: readonly Handler[], { port = 0 }: { port?: number } = {}): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer((req, res) => void offer(handlers, req, res));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (req, socket, head) => {
    if (!handlers.some((h) => h.upgrade?.(req, socket, head))) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function offer(handlers: readonly Handler[], req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    for (const handler of handlers) if (await handler.handle(req, res)) return;
    answer(res, 404, 'Not found');
  } catch (error) {
    answer(res, 500, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function answer(res: ServerResponse, status: number, text: string): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  res.end(`${text}\n`);
}
