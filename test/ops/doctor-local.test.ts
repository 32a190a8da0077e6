import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { checkDatabase } from '../../src/doctor/database.ts';
import { checkFiles } from '../../src/doctor/files.ts';
import { type Finding, type Patient, show } from '../../src/doctor/finding.ts';
import { checkGitHub } from '../../src/doctor/github.ts';
import { checkPort } from '../../src/doctor/machine.ts';
import { startPostgres } from '../../src/embedded.ts';
import { placeOf } from '../../src/local/place.ts';
import { freePort } from '../../src/local/ports.ts';
import { migrate } from '../../src/migrate.ts';
import { RELEVANT } from '../../src/webhooks/github-clues.ts';
import { NOTHING_SET, otherUser } from './start.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let dir: string;
let data: string;
let config: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-doctor-local-'));
  data = join(dir, 'data');
  config = join(dir, 'config');
  cpSync(join(ROOT, 'config'), config, { recursive: true });
});
afterEach(() => {
  for (const folder of [placeOf(join(data, 'postgres')), dir]) rmSync(folder, { recursive: true, force: true });
});

const patient = (env: Record<string, string> = {}): Patient => ({ env, root: ROOT, configDir: config, dataDir: data });
/** As it is printed, without the title of the section. */
const shown = (findings: readonly Finding[]): string => show('', findings).slice(1);

describe('the embedded database', () => {
  const home = () => placeOf(join(data, 'postgres'));
  const database = async () => shown(await checkDatabase(patient()));

  it('is not made yet', async () => {
    expect(await database()).toBe(
      `  – DATABASE_URL is not set: using the embedded PostgreSQL (${home()})\n  – it has no data yet: the first \`npm start\` makes it`,
    );
  });

  it('is there and stands still; then it runs, and its schema is asked for', async () => {
    const server = await startPostgres({ dir: join(data, 'postgres'), log: () => {}, throwAway: true });
    // Whoever is in the file `running` is believed when it is a start of ours.
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', 'local.ts'], { stdio: 'ignore' });
    try {
      expect(await database()).toMatch(
        /✓ its data is of PostgreSQL 18, as it must be\n {2}– it is not running, so its schema was not looked at/,
      );
      mkdirSync(data, { recursive: true });
      writeFileSync(join(data, 'running'), `${owner.pid}\nhttp://127.0.0.1:4000\n`);
      expect(await database()).toMatch(/✓ PostgreSQL 18\S* answers\n {2}✗ the schema lacks 001-core/);
      await migrate(server.url);
      const said = await database();
      expect(said).toMatch(/✓ PostgreSQL 18\S* answers\n {2}✓ the schema is up to date$/);
      expect(said).not.toContain(readFileSync(join(home(), 'password'), 'utf8'));
      expect(shown(await checkPort(patient()))).toBe(
        `  ✓ Lockstep runs on this data folder (process ${owner.pid}, http://127.0.0.1:4000)`,
      );
    } finally {
      owner.kill('SIGKILL');
      await server.stop();
    }
  });

  it.each([
    ['files that are no database', 'notes.txt', '', 'it has files but no PG_VERSION, so it is no PostgreSQL data'],
    ['no password', 'PG_VERSION', '18\n', 'its password file \\S+ is missing'],
  ])('%s', async (_, name, content, why) => {
    mkdirSync(join(home(), 'data'), { recursive: true });
    writeFileSync(join(home(), 'data', name), content);
    expect(await database()).toMatch(new RegExp(`✗ The database in \\S+data cannot be used: ${why}.*Put a backup of`));
  });

  it('of another version', async () => {
    mkdirSync(join(home(), 'data'), { recursive: true });
    writeFileSync(join(home(), 'password'), 'x');
    writeFileSync(join(home(), 'data', 'PG_VERSION'), '15\n');
    expect(await database()).toMatch(/✗ .* it was made by PostgreSQL 15 and this is 18\./);
  });

  it('in a folder that the one who asks may not use', () => {
    chmodSync(dir, 0o755);
    mkdirSync(data);
    chmodSync(data, 0o555);
    mkdirSync(join(dir, 'home'));
    const user = otherUser(join(dir, 'home'));
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'src/doctor.ts')], {
      env: { ...process.env, ...NOTHING_SET, LOCKSTEP_CONFIG: config, LOCKSTEP_DATA: data },
      encoding: 'utf8',
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
    expect(stdout).toMatch(/✗ The user \S+ may not read and write \S+data, wh(ich belongs to root|ose mode is 555): /);
    expect(status).toBe(1);
    chmodSync(data, 0o755);
  });
});

describe('the port of the page', () => {
  const port = async (LOCKSTEP_PORT: string) => shown(await checkPort(patient({ LOCKSTEP_PORT })));

  it('is free, or is not', async () => {
    const number = await freePort();
    expect(await port(String(number))).toBe(`  ✓ port ${number} is free for the page of \`npm start\``);
    const other = createServer();
    await new Promise<void>((done) => other.listen(number, '127.0.0.1', done));
    try {
      expect(await port(String(number))).toBe(
        `  – Port ${number} is in use by another program: stop that, or choose another one with LOCKSTEP_PORT=${number + 10} npm start.`,
      );
    } finally {
      other.close();
    }
  });

  it('is no port', async () => {
    expect(await port('abc')).toMatch('✗ LOCKSTEP_PORT is wrong: "abc" is no number up to 65533');
  });

  it('is nothing to look at where neither Slack nor GitHub is local', async () => {
    const real = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      GITHUB_TOKEN: 't',
      GITHUB_WEBHOOK_SECRET: 's',
    };
    expect(await checkPort(patient({ ...real, LOCKSTEP_PORT: 'abc' }))).toEqual([]);
  });
});

describe('the agent that delegations propose', () => {
  const files = (agent: string, env: Record<string, string> = {}) => {
    const text = readFileSync(join(ROOT, 'config/lockstep.yml'), 'utf8');
    writeFileSync(join(config, 'lockstep.yml'), text.replace(/^default_agent: .*$/m, `default_agent: ${agent}`));
    return shown(checkFiles(patient(env)).findings);
  };
  const github = { GITHUB_TOKEN: 't', GITHUB_WEBHOOK_SECRET: 's' };

  it('is offered', () => {
    expect(files('scripted')).not.toMatch('default_agent');
    expect(files('manual', github)).not.toMatch('default_agent');
    expect(files('scripted', { ...github, LOCKSTEP_AGENT_SCRIPTS: '/scripts' })).not.toMatch('default_agent');
  });

  it('is not', () => {
    expect(files('claude')).toMatch(
      /– default_agent is claude, which this installation does not offer\n {6}Set default_agent in config\/lockstep\.yml to `manual` or `scripted`\.\n/,
    );
  });

  it('is the scripted one, although GitHub is real', () => {
    expect(files('scripted', github)).toMatch(
      /– default_agent is scripted, which knows the sample repositories of the local GitHub only\n.* to `manual`\.\n/,
    );
  });
});

describe('what the token of GitHub may do', () => {
  let api: Server;
  let url: string;
  /** Path below the repository -> status. */
  let refuses: Record<string, number>;
  let headers: Record<string, string>;
  let login: string;
  let hook: { events?: string[]; content_type?: string };
  beforeEach(async () => {
    refuses = {};
    headers = {};
    login = 'lockstep-bot';
    hook = { events: [...RELEVANT] };
    api = createServer((req, res) => {
      const path = String(req.url).replace('/repos/acme/ledger', '').replace(/\?.*/, '');
      const { events, content_type } = hook;
      const target = { url: 'https://lockstep.example.com/webhooks/github', content_type };
      const bodies: Record<string, unknown> = {
        '/user': { login },
        '/hooks': [{ active: true, events, config: target }],
        '': { permissions: { push: true } },
      };
      res.writeHead(refuses[path] ?? 200, headers);
      res.end(JSON.stringify(path in bodies ? bodies[path] : []));
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  });
  afterEach(() => api.close());

  const asked = async (token = 'github_pat_1'): Promise<string> => {
    const env = { GITHUB_TOKEN: token, GITHUB_WEBHOOK_SECRET: 's', GITHUB_API_URL: url };
    return shown(await checkGitHub(patient(env), ['acme/ledger'], readSettings(join(config, 'lockstep.yml'))));
  };

  it('is all that is needed, as far as can be asked', async () => {
    expect(await asked()).toMatchInlineSnapshot(`
      "  ✓ the token belongs to lockstep-bot
        – whether the token may write commit statuses, deployments and pull requests, GitHub tells only when it is tried
            Compare its permissions with the table in docs/github.md.
        ✓ acme/ledger can be read and written
        ✓ acme/ledger: the webhook is set up"
    `);
  });

  it('is told by the scope of a classic one', async () => {
    headers = { 'x-oauth-scopes': 'repo, read:user' };
    expect(await asked()).toMatch('✓ a classic token with the scope repo: it may do everything that is needed');
    headers = { 'x-oauth-scopes': 'public_repo' };
    expect(await asked()).toMatch('– a classic token with the scope public_repo: it may write to public repositories');
    headers = { 'x-oauth-scopes': '' };
    expect(await asked('ghp_1')).toMatch('✗ the classic token lacks the scope repo');
  });

  it('lacks what is named', async () => {
    refuses = { '/deployments': 403, '/commits/HEAD/check-runs': 404 };
    const said = await asked();
    expect(said).toMatch(
      /✗ acme\/ledger: the token may not read deployments \(403\)\n {6}Give it the permission Deployments;/,
    );
    expect(said).toMatch('✗ acme/ledger: the token may not read checks (404)');
    expect(said).not.toMatch('commit statuses (');
  });

  it('is not known while GitHub answers no more', async () => {
    refuses = { '/deployments': 403 };
    headers = { 'x-ratelimit-remaining': '0' };
    expect(await asked()).toMatch('– acme/ledger: the token has used up its requests for now');
  });

  it('is that of one of the team', async () => {
    login = 'rosa';
    expect(await asked()).toMatch('– the token belongs to rosa, who is one of your people');
  });

  it('and the webhook sends what it should', async () => {
    hook = { events: [...RELEVANT].filter((event) => event !== 'deployment_status') };
    expect(await asked()).toMatch('– acme/ledger: the webhook does not send deployment_status');
    hook = { content_type: 'form' };
    expect(await asked()).toMatch('✗ acme/ledger: the webhook sends forms');
  });
});
