import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JobInput } from '../../jobs/job.ts';
import { watchDeploy } from '../../jobs/watch-deploy.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

let database: TestDatabase;
let server: Server;
let url: string;
let answers: number[];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  answers = [];
  server = createServer((_, response) => response.writeHead(answers.shift() ?? 200).end('x'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const at = '2026-11-17T10:00:00.000Z';
/** The watch of a commit that was deployed at ten, looked at some minutes later. */
function look(minutesLater: number, production: object = {}) {
  const value = {
    state: 'success',
    sha: 'abc',
    previousSha: 'old1234567',
    url,
    logUrl: null,
    because: '',
    at,
    ...production,
  };
  const input = {
    deps: {
      db: database.db,
      log: pino({ level: 'silent' }),
      now: () => new Date(Date.parse(at) + minutesLater * 60_000),
    },
    params: { environment: 'production', minutes: 30 },
    item: { key: 'LS-1', visit: 9 },
    state: {
      item: { id: '1' },
      facts: { production: { value, source: '', seenAt: new Date(), subject: 'abc' } },
      log: [],
    },
    signal: AbortSignal.timeout(20_000),
  } as unknown as JobInput<Record<string, unknown>>;
  return watchDeploy.run(input);
}
const watchIn = (outcome: Awaited<ReturnType<typeof look>>) => {
  const facts = outcome.event && 'facts' in outcome.event ? (outcome.event.facts ?? []) : [];
  return facts.find((one) => one.name === 'watch')?.value;
};

describe('the watch after a deploy', () => {
  test('goes on while it answers, until the window is over', async () => {
    const during = await look(5);
    expect(during).toMatchObject({ kind: 'again', ms: 10_000 });
    expect(watchIn(during)).toEqual({ state: 'watching', until: '2026-11-17T10:30:00.000Z', because: 'it answers' });
    const after = await look(30);
    expect(after).toMatchObject({ kind: 'done', event: { type: 'finished' } });
    expect(watchIn(after)).toMatchObject({ state: 'healthy' });
  });

  test('one bad answer is not trouble; a login page is up', async () => {
    answers = [503, 200];
    expect((await look(5)).kind).toBe('again');
    answers = [401];
    expect((await look(5)).kind).toBe('again');
  });

  test('three in a row are, and the sentence names the way back', async () => {
    answers = [500, 500, 500];
    const outcome = await look(5);
    expect(outcome).toMatchObject({
      kind: 'done',
      event: { type: 'failed', note: 'production is in trouble: it answers 500. Rollback brings old1234 back.' },
    });
    expect(watchIn(outcome)).toMatchObject({ state: 'unhealthy', because: 'it answers 500' });
  });

  test('nobody there is trouble too, also at the last moment of the window', async () => {
    expect((await look(30, { url: 'http://127.0.0.1:1/' })).event).toMatchObject({
      note: expect.stringContaining('it cannot be reached'),
    });
  });

  test('no address is no data, and no data is not healthy', async () => {
    const outcome = await look(5, { url: null });
    expect(outcome.event).toMatchObject({ type: 'failed' });
    expect(watchIn(outcome)).toMatchObject({ state: 'unhealthy' });
  });
});
