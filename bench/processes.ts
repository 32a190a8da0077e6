import { fork } from 'node:child_process';
import { createServer } from 'node:net';

/** A child process with an HTTP port that answers `/readyz`. */
export interface Child {
  url: string;
  stop(): Promise<void>;
}

/** Starts an entry point on a free port and waits until it is ready. Its log is thrown away, its errors are shown. */
export async function startChild(entry: URL, env: Record<string, string>): Promise<Child> {
  const port = await freePort();
  const child = fork(entry, {
    env: { ...env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${entry.pathname} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
