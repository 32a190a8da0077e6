import { createServer } from 'node:net';

/** A loopback port that was free a moment ago: `preferred` when it is, else any. */
export async function freePort(preferred: number | null = null): Promise<number> {
  if (preferred && (await isFree(preferred))) return preferred;
  const port = await listen(0);
  if (port === null) throw new Error('this machine has no free loopback port');
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  return (await listen(port)) !== null;
}

function listen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
