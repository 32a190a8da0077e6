import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Handler, serve } from '../../../sim/serve.ts';

const handler = (path: string, text: string): Handler => ({
  handle(req, res) {
    if (req.url !== path) return false;
    if (text === 'broken') throw new Error('It broke.');
    res.end(text);
    return true;
  },
});

test('asks its handlers in order; nobody’s requests are 404, a throwing handler is 500', async () => {
  const served = await serve([handler('/a', 'first'), handler('/a', 'second'), handler('/b', 'broken')]);
  onTestFinished(served.close);
  expect(served.url).toBe(`http://127.0.0.1:${served.port}`);
  const get = async (path: string) => {
    const res = await fetch(served.url + path);
    return [res.status, (await res.text()).split('\n')[0]];
  };
  expect(await get('/a')).toEqual([200, 'first']);
  expect(await get('/b')).toEqual([500, 'Error: It broke.']);
  expect(await get('/c')).toEqual([404, 'Not found']);
  const socket = new WebSocket(served.url.replace('http', 'ws'));
  const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
  expect(error.message).toContain('404');
});

test('says so when the port is taken, and frees it on close although connections are open', async () => {
  const hanging: Handler = { handle: () => new Promise(() => undefined) };
  const first = await serve([hanging]);
  await expect(serve([], { port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const open = fetch(first.url).catch((error: Error) => error);
  await first.close();
  expect(await open).toBeInstanceOf(Error);
  const second = await serve([], { port: first.port });
  await second.close();
});
