import type { Local } from './data.ts';
import type { Parts } from './parts.ts';
import { freePort, portSentence, whyNot } from './ports.ts';
import { Sentence } from './sentence.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the page of the local workspace is. */
export function workspacePort(env: Environment): number {
  const value = env.LOCKSTEP_PORT || '4000';
  const port = Number(value);
  // The local production and staging take the two after it.
  if (Number.isInteger(port) && port >= 0 && port <= 65_533) return port;
  throw new Sentence(`LOCKSTEP_PORT is wrong: "${value}" is no number up to 65533; 4000 is the usual one.`);
}

/** Where events come from outside, the port must be known beforehand; otherwise any free one that stays the same. */
export async function chooseWebPort(env: Environment, parts: Parts, local: Local): Promise<number> {
  const outside = parts.slack === 'http' || parts.github === 'real';
  const wanted = env.PORT || (outside ? '3000' : '');
  if (!wanted) return freePort(local.webPort);
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Sentence(`PORT is wrong: "${wanted}" is no port.`);
  const why = await whyNot(port);
  if (why === null) return port;
  throw new Sentence(portSentence(port, why, { name: 'PORT', usual: 3000 }));
}

/** Where this machine reaches web: HOST is where it listens, and all interfaces include the loopback one. */
export function webAddress(env: Environment, port: number): string {
  const host = env.HOST || '127.0.0.1';
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
