import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a route answers with; bodies are short plain text or JSON. */
export interface Answer {
  status: number;
  body: string;
  type?: string;
}

export type Route = (request: IncomingMessage) => Promise<Answer>;

/** GitHub's own cap is 25 MB; what we read of a webhook is far below this. */
const MAX_BODY = 4 * 1024 * 1024;

/** The body as bytes, because signatures are over bytes. null = larger than we take. */
export async function readBody(request: IncomingMessage, limit = MAX_BODY): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > limit) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** One server for everything that comes in: our own routes by method and path, the rest goes to Slack's receiver. */
export function serveRoutes(
  routes: Readonly<Record<string, Route>>,
  otherwise: RequestListener | null,
  onError: (error: unknown) => void,
): Server {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const route = routes[`${request.method} ${path}`];
    if (route) void answer(route, request, response, onError);
    else if (otherwise) otherwise(request, response);
    else send(response, { status: 404, body: 'There is nothing here.\n' });
  });
  // A sender that dribbles its body holds a connection, never a worker; these bound how long.
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  return server;
}

async function answer(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  onError: (error: unknown) => void,
) {
  try {
    send(response, await route(request));
  } catch (error) {
    onError(error);
    send(response, { status: 503, body: 'Not recorded; please send it again.\n' });
  }
}

function send(response: ServerResponse, { status, body, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(status, { 'content-type': type, connection: status === 413 ? 'close' : 'keep-alive' });
  response.end(body);
}

export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Ends what is at work, then closes; idle connections are closed at once. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}
