import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { parentPort, Worker } from 'node:worker_threads';
import { openLoop, type Sample } from './measure.ts';

/** Requests to send at a fixed rate, signed at the moment they leave. */
export interface Load {
  url: string;
  secret: string;
  rate: number;
  /** Form-encoded, as Slack sends clicks and commands. */
  bodies: string[];
}

/** A sender with an event loop of its own, so that what else the bench does is not in its times. */
export function openSender(): { send(load: Load): Promise<Sample>; close(): Promise<unknown> } {
  const worker = new Worker(new URL(import.meta.url));
  let fail = (_: Error): void => {};
  worker.on('error', (error: Error) => fail(error));
  return {
    send: (load) =>
      new Promise((resolve, reject) => {
        fail = reject;
        worker.once('message', (answer: Sample | { failed: string }) =>
          'failed' in answer ? reject(new Error(answer.failed)) : resolve(answer),
        );
        worker.postMessage(load);
      }),
    close: () => worker.terminate(),
  };
}

/**
 * Each time begins when its request is sent: requests do not wait for one another, so one that the sender's own timer
 * sends late says nothing about the server.
 */
async function run({ url, secret, rate, bodies }: Load): Promise<Sample> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const times: number[] = [];
  const failed: unknown[] = [];
  const { seconds } = await openLoop(rate, bodies.length / rate, async (index) => {
    const began = performance.now();
    await post(agent, { url, secret, body: bodies[index]! }).catch((error) => failed.push(error));
    times.push(performance.now() - began);
  });
  agent.destroy();
  if (failed.length > 0) throw failed[0];
  return { times, seconds };
}

function post(agent: Agent, { url, secret, body }: { url: string; secret: string; body: string }): Promise<void> {
  const at = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${response.statusCode}`)),
      );
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection at the moment it was used again: nothing was read, so it is sent again.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(post(agent, { url, secret, body }));
      else reject(error);
    });
    sent.end(body);
  });
}

parentPort?.on('message', (load: Load) => {
  run(load).then(
    (sample) => parentPort!.postMessage(sample),
    (error: Error) => parentPort!.postMessage({ failed: error.message }),
  );
});
