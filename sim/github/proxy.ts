import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The stable address of an environment: passes every request on to whichever port serves it now. */
export interface StableAddress {
  readonly port: number;
  close: () => Promise<void>;
}

export interface ProxyOptions {
  /** The port to try first; another free one is taken when it is in use. */
  port: number;
  /** Where to send a request, or a sentence why there is nothing to send it to. */
  target: () => Promise<number | string>;
}

export async function startProxy(options: ProxyOptions): Promise<StableAddress> {
  const server = createServer((req, res) => {
    forward(req, res, options.target).catch((error: Error) => unavailable(res, error.message));
  });
  const port = await listen(server, options.port).catch((error: NodeJS.ErrnoException) => {
    if (options.port === 0 || error.code !== 'EADDRINUSE') throw error;
    return listen(server, 0);
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function forward(req: IncomingMessage, res: ServerResponse, target: ProxyOptions['target']): Promise<void> {
  const port = await target();
  if (typeof port === 'string') return unavailable(res, port);
  const onward = request({
    host: '127.0.0.1',
    port,
    method: req.method,
    path: req.url,
    headers: req.headers,
    agent: false,
  });
  onward.on('response', (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  onward.on('error', (error) => unavailable(res, `The application does not answer: ${error.message}`));
  res.on('close', () => onward.destroy());
  req.pipe(onward);
}

function unavailable(res: ServerResponse, sentence: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  res.end(`${sentence}\n`);
}

/** A port that was free a moment ago, for a process that must be told its port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
