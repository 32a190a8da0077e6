import { createHmac, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createReceive } from '../../src/commands/receive.ts';
import type { Event } from '../../src/pipeline/types.ts';
import { GITHUB_BODY_LIMIT, handleGitHubWebhook } from '../../src/webhooks/github.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

const SECRET = 'hook-secret';
let database: TestDatabase;
const nudged: { id: string; event: Event; request: string }[] = [];

const deps = () => ({
  db: database.db as never,
  advance: vi.fn(async (id: string, event: Event, how?: { request?: { id: string } }) => {
    const request = how?.request?.id ?? '';
    if (nudged.some((one) => one.request === request)) return { kind: 'duplicate', reason: '' } as const;
    nudged.push({ id, event, request });
    return { kind: 'ignored', reason: 'looking again' } as const;
  }),
  receive: createReceive(database.pool, pino({ level: 'silent' })),
  secret: SECRET,
  log: pino({ level: 'silent' }),
});

function delivery(event: string, payload: unknown, more: Record<string, string | undefined> = {}) {
  const rawBody = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signature = `sha256=${createHmac('sha256', SECRET).update(rawBody).digest('hex')}`;
  const headers = {
    'x-github-event': event,
    'x-github-delivery': randomUUID() as string,
    'x-hub-signature-256': signature,
    ...more,
  };
  return { rawBody, headers };
}

async function item(id: number, facts: Record<string, unknown>) {
  const now = new Date();
  await database.pool.query(
    `INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since, last_hash, channel, created_at, updated_at)
     VALUES ($1, $2, 't', 'U1', 'U', 'h', 's', 'Preview', $3, '', 'C', $3, $3)`,
    [id, `LS-${id}`, now],
  );
  for (const [name, value] of Object.entries(facts)) {
    await database.db
      .insertInto('facts')
      .values({ item_id: id, name, value: JSON.stringify(value), source: 'test', seen_at: now, subject: '' })
      .execute();
  }
}

beforeAll(async () => {
  database = await testDatabase();
  await database.db.insertInto('pipelines').values({ hash: 'h', name: 'feature', text: '' }).execute();
  await item(7, { repo: 'acme/web', branch: 'lockstep/LS-7-banner', pr_number: 31 });
  await item(8, { repo: 'acme/other', branch: 'lockstep/LS-7-banner', pr_number: 31 });
  await database.db
    .insertInto('deployments')
    .values({
      key: 'LS-7/production/9',
      item_id: 7,
      repo: 'acme/web',
      environment: 'production',
      sha: 'a',
      state: 'requested',
    } as never)
    .execute();
});
afterAll(() => database.drop());

const repository = { full_name: 'acme/web' };
const pull = (over: object = {}) => ({ number: 99, head: { ref: 'somebody/else' }, body: '', ...over });

describe('which item a delivery is about', () => {
  test.each([
    ['by branch', 'pull_request', { pull_request: pull({ head: { ref: 'lockstep/LS-7-banner' } }) }],
    ['by number', 'pull_request_review', { pull_request: pull({ number: 31 }) }],
    ['by marker', 'pull_request', { pull_request: pull({ body: 'x <!-- lockstep:LS-7 -->' }) }],
    [
      'by the branch of a check suite',
      'check_run',
      { check_run: { check_suite: { head_branch: 'lockstep/LS-7-banner' }, pull_requests: [] } },
    ],
    [
      'by our deployment',
      'deployment_status',
      { deployment: { ref: 'abc', payload: { lockstep: 'LS-7/production/9' } } },
    ],
    ['by the branch of a push', 'push', { ref: 'refs/heads/lockstep/LS-7-banner' }],
    ['by the branches of a status', 'status', { branches: [{ name: 'lockstep/LS-7-banner' }] }],
  ])('%s', async (_, event, payload) => {
    const answer = await handleGitHubWebhook(delivery(event, { repository, ...payload }), deps());
    expect(answer).toEqual({ status: 200, body: 'looking at LS-7' });
    expect(nudged.at(-1)).toMatchObject({ id: '7', event: { type: 'nudged' } });
  });

  test('the same branch name in another repository is another item', async () => {
    const payload = {
      repository: { full_name: 'ACME/Other' },
      pull_request: pull({ head: { ref: 'lockstep/LS-7-banner' } }),
    };
    expect(await handleGitHubWebhook(delivery('pull_request', payload), deps())).toMatchObject({
      body: 'looking at LS-8',
    });
  });

  test('a marker in a pull request of a foreign repository opens no door', async () => {
    const payload = { repository: { full_name: 'evil/fork' }, pull_request: pull({ body: '<!-- lockstep:LS-7 -->' }) };
    expect(await handleGitHubWebhook(delivery('pull_request', payload), deps())).toEqual({
      status: 200,
      body: 'about no item of ours',
    });
  });
});

describe('deliveries that come twice', () => {
  test('are answered 200 and nudge once', async () => {
    const twice = delivery('push', { repository, ref: 'refs/heads/lockstep/LS-7-banner' });
    const before = nudged.length;
    await handleGitHubWebhook(twice, deps());
    expect(await handleGitHubWebhook(twice, deps())).toEqual({ status: 200, body: 'had this already' });
    expect(nudged.length).toBe(before + 1);
  });

  test('unrelated ones leave one row that says so, ten at once', async () => {
    const other = delivery('push', { repository, ref: 'refs/heads/main' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => handleGitHubWebhook(other, deps())));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const rows = await database.db
      .selectFrom('inbox')
      .selectAll()
      .where('id', '=', `github:${other.headers['x-github-delivery']}`)
      .execute();
    expect(rows).toMatchObject([{ outcome: 'ignored', kind: 'github:push', reason: 'about no item of ours' }]);
  });
});

describe('what is refused', () => {
  const push = { repository, ref: 'refs/heads/lockstep/LS-7-banner' };
  test.each([
    ['no signature', delivery('push', push, { 'x-hub-signature-256': undefined }), 401],
    ['a wrong signature', delivery('push', push, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }), 401],
    ['a signature of another length', delivery('push', push, { 'x-hub-signature-256': 'sha256=ab' }), 401],
    ['broken JSON', delivery('push', '{"ref": '), 400],
    ['a form instead of JSON', delivery('push', 'payload=%7B%7D'), 400],
    ['no delivery id', delivery('push', push, { 'x-github-delivery': undefined }), 400],
  ])('%s', async (_, incoming, status) => {
    const before = nudged.length;
    const answer = await handleGitHubWebhook(incoming, deps());
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/^[A-Z].*\.$/);
    expect(nudged.length).toBe(before);
  });

  test('a body over the limit, before anything is computed', async () => {
    const rawBody = Buffer.alloc(GITHUB_BODY_LIMIT + 1);
    expect((await handleGitHubWebhook({ ...delivery('push', push), rawBody }, deps())).status).toBe(413);
  });

  test('a body that was changed on the way: the signature is over bytes', async () => {
    const incoming = delivery('push', push);
    const rawBody = Buffer.from(`${incoming.rawBody.toString()} `);
    expect((await handleGitHubWebhook({ ...incoming, rawBody }, deps())).status).toBe(401);
  });
});
