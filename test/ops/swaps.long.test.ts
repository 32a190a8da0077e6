import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../sim/workspace.ts';
import { placeOf } from '../../src/local/place.ts';
import { freePort } from '../../src/local/ports.ts';
import { commandOf } from '../../src/local/processes.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';
import { forget, redisUrl, testPrefix } from '../redis.ts';
import { createTicket, embeddedUrl, queryAt, type Start, startLocal, untilGone } from './start.ts';

/**
 * Each part of the local workspace is replaced by "the real one", alone. The real Slack and GitHub are a second
 * workspace that the start knows nothing of but its address and its keys.
 */

const ownRedis = await redisUrl(14);

let dir: string;
let starts: Start[];
let cleanups: (() => Promise<unknown>)[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-swap-'));
  starts = [];
  cleanups = [];
});
afterEach(async () => {
  for (const start of starts) {
    const family = start.family();
    start.child.kill('SIGTERM');
    await start.ended;
    await untilGone(family, 10_000);
  }
  for (const cleanup of cleanups) await cleanup();
  for (const folder of [placeOf(join(dir, 'postgres')), dir]) rmSync(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string>): Promise<{ one: Start; url: string }> {
  const one = await startLocal(dir, { env });
  starts.push(one);
  return { one, url: await one.ready };
}

const keys = {
  signingSecret: 'elsewhere-signing',
  botToken: 'xoxb-elsewhere',
  appToken: 'xapp-elsewhere',
  token: 'elsewhere-token',
  webhookSecret: 'elsewhere-secret',
};

async function elsewhere(parts: {
  slack?: { requestUrl?: string };
  github?: { webhookUrl: string };
}): Promise<Workspace> {
  const { signingSecret, botToken, appToken, token, webhookSecret } = keys;
  const workspace = await startWorkspace({
    port: 0,
    dataDir: join(dir, 'elsewhere'),
    slack: parts.slack ? { signingSecret, botToken, appToken, ...parts.slack } : null,
    github: parts.github ? { token, webhookSecret, ...parts.github } : null,
    log: () => {},
  });
  cleanups.push(() => workspace.close());
  return workspace;
}

const patience = { timeout: 30_000, interval: 100 };

/** People are read from Slack by the worker; before that nobody may do anything. */
const untilPeople = (database: string) =>
  expect.poll(() => queryAt(database, "SELECT id FROM people WHERE name = 'priya'"), patience).toHaveLength(1);
const untilCard = (database: string) =>
  expect
    .poll(() => queryAt(database, 'SELECT key FROM items WHERE thread_ts IS NOT NULL'), patience)
    .toEqual([{ key: 'LS-1' }]);
const untilFact = (database: string, name: string) =>
  expect.poll(() => queryAt(database, `SELECT source FROM facts WHERE name = '${name}'`), patience).toHaveLength(1);

describe('a database of one’s own', () => {
  it('takes everything, and no database is started', async () => {
    const database: TestDatabase = await testDatabase();
    cleanups.push(() => database.drop());
    const { one, url } = await start({ DATABASE_URL: database.url });
    expect(one.out()).toMatch('Real: your PostgreSQL. Everything else is local');
    expect(
      one
        .family()
        .map(commandOf)
        .filter((command) => command?.includes('postgres -D')),
    ).toEqual([]);
    await untilPeople(database.url);
    await createTicket(url, 'U01PRIYA', 'Show a banner in the storefront');
    await untilCard(database.url);
  });
});

describe.runIf(ownRedis)('a Redis of one’s own', () => {
  it('carries the queues', async () => {
    const redis = new Redis(ownRedis!);
    cleanups.push(async () => redis.disconnect());
    const prefix = testPrefix();
    cleanups.push(() => forget(ownRedis!, prefix));
    const { one, url } = await start({ REDIS_URL: ownRedis!, LOCKSTEP_REDIS_PREFIX: prefix });
    expect(one.out()).toMatch('Real: your Redis. Everything else is local');
    const database = embeddedUrl(dir);
    await untilPeople(database);
    await createTicket(url, 'U01PRIYA', 'Show a banner in the storefront');
    await untilCard(database);
    expect(await redis.keys(`${prefix}:slack:*`)).not.toEqual([]);
  });
});

describe('a Slack of one’s own', () => {
  it('by HTTP', async () => {
    const port = await freePort();
    const {
      slack,
      slackApiUrl,
      url: other,
    } = await elsewhere({ slack: { requestUrl: `http://127.0.0.1:${port}/slack/events` } });
    const { one, url } = await start({
      PORT: String(port),
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_SIGNING_SECRET: keys.signingSecret,
      SLACK_API_URL: slackApiUrl!,
    });
    expect(one.out()).toMatch(`Slack's Request URL must lead to http://127.0.0.1:${port}/slack/events.`);
    expect(one.out()).toMatch('Real: Slack. Everything else is local');
    expect(url).not.toBe(other);
    await untilPeople(embeddedUrl(dir));
    await createTicket(other, 'U01PRIYA', 'Show a banner in the storefront');
    await slack!.until(
      () => slack!.state.messages('C01LOCKSTEP').find((message) => message.text.includes('LS-1')),
      30_000,
    );
    // The local GitHub is there, and there is no page of a local Slack.
    expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toBe('/github');
  });

  it('by Socket Mode', async () => {
    const { slack, slackApiUrl, url: other } = await elsewhere({ slack: {} });
    const { one } = await start({
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_APP_TOKEN: keys.appToken,
      SLACK_API_URL: slackApiUrl!,
    });
    expect(one.out()).not.toMatch('Request URL');
    await untilPeople(embeddedUrl(dir));
    await createTicket(other, 'U01PRIYA', 'Show a banner in the storefront');
    await slack!.until(
      () => slack!.state.messages('C01LOCKSTEP').find((message) => message.text.includes('LS-1')),
      30_000,
    );
  });
});

describe('a GitHub of one’s own', () => {
  it('is read, and its webhooks are accepted', async () => {
    const port = await freePort();
    const { github, githubApiUrl, githubGitUrl } = await elsewhere({
      github: { webhookUrl: `http://127.0.0.1:${port}/webhooks/github` },
    });
    const { one, url } = await start({
      PORT: String(port),
      GITHUB_TOKEN: keys.token,
      GITHUB_WEBHOOK_SECRET: keys.webhookSecret,
      GITHUB_API_URL: githubApiUrl!,
      GITHUB_GIT_URL: githubGitUrl!,
    });
    expect(one.out()).toMatch(`GitHub's webhook must lead to http://127.0.0.1:${port}/webhooks/github.`);
    const database = embeddedUrl(dir);
    await untilPeople(database);
    await createTicket(url, 'U01PRIYA', 'Show a banner in the storefront');
    await untilFact(database, 'recent_changes');
    await fetch(`${githubApiUrl}/repos/acme/storefront/issues`, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-priya', 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Anything' }),
    });
    const delivered = () =>
      github!.deliveries.filter(({ event, statusCode }) => event === 'issues' && statusCode === 200);
    await expect.poll(() => delivered().length, patience).toBe(1);
  });
});
