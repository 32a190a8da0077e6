import { type AddressInfo, createServer } from 'node:net';

/** A loopback port that was free a moment ago: `preferred` when it is, else any. */
export async function freePort(preferred: number | null = null): Promise<number> {
  if (preferred && (await whyNot(preferred)) === null) return preferred;
  return listen(0);
}

/** Null when the port can be listened on, else why not: `EADDRINUSE`, `EACCES`. */
export async function whyNot(port: number): Promise<string | null> {
  try {
    await listen(port);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** What is said of a port that cannot be listened on. `usual`: the one that is taken unless somebody says another. */
export function portSentence(port: number, why: string, { name, usual }: { name: string; usual: number }): string {
  if (why === 'EACCES') {
    return `Port ${port} is closed to ordinary users: choose another one with ${name}=${usual} npm start.`;
  }
  if (why !== 'EADDRINUSE') {
    return `Port ${port} cannot be used (${why}): choose another one with ${name}=${usual} npm start.`;
  }
  const other = port + 10 > LAST_PORT ? port - 10 : port + 10;
  return `Port ${port} is in use by another program: stop that, or choose another one with ${name}=${other} npm start.`;
}

const LAST_PORT = 65_535;

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}
