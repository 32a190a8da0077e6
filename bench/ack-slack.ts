import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, Worker } from 'node:worker_threads';

/** A Web API that says yes to everything, with an event loop of its own: what follows an ack has somewhere to go. */
export async function openYes(): Promise<{ url: string; close(): Promise<unknown> }> {
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return { url: `http://127.0.0.1:${port}/api/`, close: () => worker.terminate() };
}

if (parentPort) {
  const yes = JSON.stringify({ ok: true, ts: '1.1', channel: 'C1', view: { id: 'V1' } });
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(yes);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
}
