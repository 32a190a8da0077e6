import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorkspace, type Workspace } from '../../sim/workspace.ts';
import { freePort } from '../../src/local/ports.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';
import { redisUrl } from '../redis.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const secrets = {
  SLACK_BOT_TOKEN: 'xoxb-very-secret-bot',
  SLACK_SIGNING_SECRET: 'very-secret-signing',
  SLACK_APP_TOKEN: 'xapp-very-secret-app',
  GITHUB_TOKEN: 'very-secret-github',
  GITHUB_WEBHOOK_SECRET: 'very-secret-webhook',
};
const NOTHING_SET = ['DATABASE_URL', 'REDIS_URL', 'ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', ...Object.keys(secrets)];

const ownRedis = await redisUrl(7);

let world: Workspace;
let worldDir: string;
let database: TestDatabase;
let dir: string;
let config: string;

beforeAll(async () => {
  database = await testDatabase();
  worldDir = mkdtempSync(join(tmpdir(), 'lockstep-doctor-world-'));
  world = await startWorkspace({
    port: 0,
    dataDir: worldDir,
    slack: {
      signingSecret: secrets.SLACK_SIGNING_SECRET,
      botToken: secrets.SLACK_BOT_TOKEN,
      appToken: secrets.SLACK_APP_TOKEN,
    },
    github: {
      token: secrets.GITHUB_TOKEN,
      webhookSecret: secrets.GITHUB_WEBHOOK_SECRET,
      webhookUrl: 'http://127.0.0.1:9/webhooks/github',
    },
    log: () => {},
  });
});
afterAll(async () => {
  await world.close();
  rmSync(worldDir, { recursive: true });
  await database.drop();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-doctor-'));
  config = join(dir, 'config');
  cpSync(join(ROOT, 'config'), config, { recursive: true });
  // A catalog of what the stand-in has.
  rmSync(join(config, 'catalog'), { recursive: true });
  mkdirSync(join(config, 'catalog'));
  cpSync(join(ROOT, 'sim/sample/repos/ledger/catalog-info.yaml'), join(config, 'catalog/ledger.yaml'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const everything = () => ({
  ...secrets,
  DATABASE_URL: database.url,
  SLACK_API_URL: world.slackApiUrl!,
  GITHUB_API_URL: world.githubApiUrl!,
});

async function doctor(env: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const nothing = Object.fromEntries(NOTHING_SET.map((name) => [name, '']));
  const child = spawn(process.execPath, [join(ROOT, 'src/doctor.ts')], {
    env: { ...process.env, ...nothing, LOCKSTEP_CONFIG: config, LOCKSTEP_DATA: join(dir, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const text = chunks.join('');
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  return { code, text };
}

/** The lines of one section. */
const section = (text: string, title: string) => new RegExp(`^${title}\\n((?: .*\\n)*)`, 'm').exec(text)?.[1] ?? '';

it('with nothing set, says what is used instead, and all is well', async () => {
  const { code, text } = await doctor({});
  expect(code).toBe(0);
  expect(text).toMatch(/ {2}– DATABASE_URL is not set: using the embedded PostgreSQL/);
  expect(text).toMatch(/ {2}– REDIS_URL is not set: the queue lives in PostgreSQL/);
  expect(text).toMatch(/ {2}– SLACK_BOT_TOKEN is not set: using the local Slack/);
  expect(text).toMatch(/ {2}– GITHUB_TOKEN is not set: using the local GitHub/);
  expect(text).toMatch(/ {2}– ANTHROPIC_API_KEY is not set: drafts are written offline/);
  expect(text).toMatch(/All is well\.\n$/);
});

it('with everything set and working, says so', async () => {
  const { code, text } = await doctor(everything());
  expect(section(text, 'Database')).toMatch(/✓ PostgreSQL \S+ answers\n {2}✓ the schema is up to date\n/);
  expect(section(text, 'Slack')).toMatchInlineSnapshot(`
    "  ✓ Slack knows us as @lockstep in Acme
      ✓ all scopes of slack-manifest.json are granted
      ✓ Socket Mode opens
      ✓ every role of lockstep.yml is held by somebody (8 people)
      ✓ Lockstep is in #lockstep
      ✓ Lockstep is in #alerts
    "
  `);
  expect(section(text, 'GitHub')).toMatch('✓ acme/ledger can be read and written');
  expect(code).toBe(0);
});

describe('the webhook of a repository', () => {
  // As GitHub describes one; the secret that it was made with is never shown.
  const url = 'https://lockstep.example.com/webhooks/github';
  it.each([
    [[{ active: true, config: { url }, last_response: { code: 200 } }], '✓ acme/ledger: the webhook is set up'],
    [[{ active: false, config: { url } }], '✗ acme/ledger: the webhook is switched off'],
    [
      [{ active: true, config: { url }, last_response: { code: 401 } }],
      '✗ acme/ledger: its last webhook was answered 401',
    ],
    [[{ active: true, config: { url: 'https://ci.example.com' } }], '– acme/ledger has no webhook that leads to'],
    [{ message: 'Not Found' }, '– acme/ledger: this token may not see webhooks'],
  ])('%j', async (hooks, sentence) => {
    const api = createServer((req, res) => {
      const body = req.url?.endsWith('/hooks') ? hooks : { permissions: { push: true } };
      res.end(JSON.stringify(body));
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    const { port } = api.address() as { port: number };
    try {
      const { text } = await doctor({ ...everything(), GITHUB_API_URL: `http://127.0.0.1:${port}` });
      expect(section(text, 'GitHub')).toMatch(sentence);
    } finally {
      api.close();
    }
  });
});

describe('what does not work is named, with what to do, and the exit code is 1', () => {
  const broken = async (env: Record<string, string>, title: string) => {
    const { code, text } = await doctor(env);
    expect(code).toBe(1);
    expect(text).toMatch(/\d+ things? needs? you\.\n$/);
    return section(text, title);
  };

  it('a database that is not there, without its password', async () => {
    const port = await freePort();
    const said = await broken({ DATABASE_URL: `postgres://me:very-hidden@127.0.0.1:${port}/x` }, 'Database');
    expect(said).toMatch(/✗ PostgreSQL cannot be used: .*ECONNREFUSED.*\n {6}Is DATABASE_URL right/);
    expect(said).not.toMatch('very-hidden');
  });

  it('a database that was not migrated', async () => {
    const empty = await testDatabase();
    await empty.pool.query('DROP TABLE kysely_migration');
    try {
      expect(await broken({ DATABASE_URL: empty.url }, 'Database')).toMatch(
        /✗ the schema lacks 001-core.*\n {6}Run `npm run migrate`/,
      );
    } finally {
      await empty.drop();
    }
  });

  it('a Redis that is not there', async () => {
    const port = await freePort();
    expect(await broken({ REDIS_URL: `redis://127.0.0.1:${port}` }, 'Queue')).toMatch(
      /✗ Redis cannot be used: .*ECONNREFUSED.*\n {6}Is REDIS_URL right/,
    );
  });

  it('a token that Slack refuses', async () => {
    expect(await broken({ ...everything(), SLACK_BOT_TOKEN: 'xoxb-other' }, 'Slack')).toMatch(
      /✗ Slack refuses SLACK_BOT_TOKEN: invalid_auth\n {6}Copy the Bot User OAuth Token/,
    );
  });

  it('an app token that Slack refuses', async () => {
    expect(await broken({ ...everything(), SLACK_APP_TOKEN: 'xapp-other' }, 'Slack')).toMatch(
      /✗ Slack refuses SLACK_APP_TOKEN: invalid_auth\n {6}Switch Socket Mode on/,
    );
  });

  it('half a pair', async () => {
    expect(await broken({ SLACK_BOT_TOKEN: secrets.SLACK_BOT_TOKEN }, 'Slack')).toMatch(
      /✗ SLACK_BOT_TOKEN is set, but neither/,
    );
  });

  it('a role that nobody holds, a channel that is not there', async () => {
    writeFileSync(
      join(config, 'lockstep.yml'),
      "channel: nowhere\nroles:\n  engineer: ['@nobody']\ntriage: [lost, general]\n",
    );
    const said = await broken(everything(), 'Slack');
    expect(said).toMatch(/✗ Role engineer names @nobody, but Slack has no user group with that handle\./);
    expect(said).toMatch(/✗ Nobody holds the role engineer/);
    expect(said).toMatch(/✗ there is no channel #nowhere that Lockstep can see\n {6}Make it, or change `channel`/);
    expect(said).toMatch(/✗ there is no channel #lost that Lockstep can see\n {6}Make it, or change `triage`/);
    expect(said).toMatch(/– Lockstep is not in #general yet\n {6}It joins when `web` starts/);
  });

  it('a scope that was not granted', async () => {
    // A Slack that knows the token, and grants less.
    const less = createServer((_, res) => {
      res.setHeader('x-oauth-scopes', 'chat:write,commands');
      res.end(
        JSON.stringify({
          ok: true,
          team: 'Acme',
          user: 'lockstep',
          team_id: 'T1',
          channels: [],
          members: [],
          usergroups: [],
        }),
      );
    });
    await new Promise<void>((done) => less.listen(0, '127.0.0.1', done));
    const { port } = less.address() as { port: number };
    try {
      const said = await broken({ ...everything(), SLACK_API_URL: `http://127.0.0.1:${port}/api/` }, 'Slack');
      expect(said).toMatch(
        /✗ the app lacks the scopes app_mentions:read, channels:history, .*users:read\n {6}Change the app/,
      );
      expect(said).not.toMatch(/lacks the scopes[^\n]*commands/);
    } finally {
      less.close();
    }
  });

  it('a token that GitHub refuses, and a repository that it does not show', async () => {
    expect(await broken({ ...everything(), GITHUB_TOKEN: 'other' }, 'GitHub')).toMatch(
      /✗ GitHub refuses GITHUB_TOKEN \(401\)/,
    );
    const file = join(config, 'catalog/ledger.yaml');
    cpSync(join(ROOT, 'config/catalog/shop.yaml'), file);
    expect(await broken(everything(), 'GitHub')).toMatch(/✗ acme\/\S+ is not there, or the token may not see it/);
  });

  it('a model key that is refused, and a model that is not there', async () => {
    const api = createServer((req, res) => {
      res.statusCode = req.headers['x-api-key'] === 'right' ? 404 : 401;
      res.end('{}');
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    const base = { ANTHROPIC_BASE_URL: `http://127.0.0.1:${(api.address() as { port: number }).port}` };
    try {
      expect(await broken({ ...base, ANTHROPIC_API_KEY: 'wrong' }, 'Model')).toMatch(
        /✗ Anthropic refuses ANTHROPIC_API_KEY \(401\)/,
      );
      expect(await broken({ ...base, ANTHROPIC_API_KEY: 'right' }, 'Model')).toMatch(
        /✗ Anthropic has no model claude-/,
      );
    } finally {
      api.close();
    }
  });

  it('mistakes in pipeline, catalog and settings, with file and line', async () => {
    writeFileSync(join(config, 'pipelines/feature.yml'), 'name: feature\nstages:\n  one: { column: Nowhere }\n');
    writeFileSync(
      join(config, 'catalog/ledger.yaml'),
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {}\nspec: {}\n',
    );
    const said = await broken({}, 'Your files');
    expect(said).toMatch(/✗ \S*feature\.yml:3: /);
    expect(said).toMatch(/✗ \S*ledger\.yaml:\d+: /);
    writeFileSync(join(config, 'lockstep.yml'), 'roles: {}\nchanel: x\n');
    expect(await broken({}, 'Your files')).toMatch(/✗ \S*lockstep\.yml:2: chanel/);
  });
});

describe.runIf(ownRedis)('a Redis that answers', () => {
  it('is asked for its policy', async () => {
    const { text } = await doctor({ REDIS_URL: ownRedis! });
    expect(section(text, 'Queue')).toMatch(/✓ Redis \S+ answers\n {2}[✓✗] maxmemory-policy is \S+/);
  });
});
