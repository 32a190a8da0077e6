import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../src/local/place.ts';
import { freePort } from '../../src/local/ports.ts';
import { commandOf } from '../../src/local/processes.ts';
import { embeddedUrl, otherUser, queryAt, type Start, slackCall, startLocal, untilGone } from './start.ts';

let dir: string;
let starts: Start[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-local-'));
  starts = [];
});
afterEach(async () => {
  for (const start of starts) {
    const family = start.family();
    start.child.kill('SIGKILL');
    await start.ended;
    await untilGone(family, 10_000);
  }
  for (const folder of [placeOf(join(dir, 'postgres')), dir]) rmSync(folder, { recursive: true, force: true });
});

async function start(more: Parameters<typeof startLocal>[1] = {}): Promise<Start> {
  const one = await startLocal(dir, more);
  starts.push(one);
  return one;
}

async function stop(one: Start, signal: NodeJS.Signals = 'SIGINT'): Promise<number> {
  const began = Date.now();
  one.child.kill(signal);
  expect(await one.ended).toBe(0);
  return Date.now() - began;
}

/** What the start that failed said; nothing of it may be a stack. */
async function failure(one: Start): Promise<string> {
  expect(await one.ended).toBe(1);
  expect(one.err()).not.toMatch(/^\s+at /m);
  return one.err().trim();
}

/** Ports from here on are open to ordinary users. */
function firstOpenPort(): number {
  if (process.platform !== 'linux') return 1024;
  return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
}

const query = (text: string) => queryAt(embeddedUrl(dir), text);

it('starts on nothing, stops cleanly on Ctrl-C, and starts again with its data', async () => {
  const first = await start();
  const url = await first.ready;
  expect(first.out()).toMatch(
    /^Lockstep is ready: http:\/\/127\.0\.0\.1:\d+\nAct as Priya .*\nEverything is local, data in .*\. Ctrl-C stops\.\n$/,
  );
  expect((await fetch(url)).status).toBe(200);
  await query('CREATE TABLE kept AS SELECT 42 AS answer');
  const posted = await slackCall(url, dir, 'chat.postMessage', { channel: 'C01LOCKSTEP', text: 'still here?' });
  expect(posted).toMatchObject({ ok: true });
  const family = first.family();
  expect(await stop(first)).toBeLessThan(5_000);
  await untilGone(family, 2_000);

  // How long it takes is measured by the bench.
  const second = await start();
  const again = await second.ready;
  expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  const history = await slackCall(again, dir, 'conversations.history', { channel: 'C01LOCKSTEP' });
  expect(JSON.stringify(history.messages)).toMatch('still here?');
  expect(second.err()).toBe('');
}, 90_000);

it('leaves no process behind when it is killed, and starts again on what is there', async () => {
  const first = await start();
  await first.ready;
  const family = first.family();
  // Keeper of the database, database with its helpers, keeper of the children, web, worker.
  expect(family.length).toBeGreaterThan(5);
  first.child.kill('SIGKILL');
  await first.ended;
  await untilGone(family, 6_000);
  const second = await start();
  await second.ready;
  expect(await stop(second, 'SIGTERM')).toBeLessThan(5_000);
}, 60_000);

it('starts the worker again when it dies, and the database too, without losing its address', async () => {
  const one = await start();
  const url = await one.ready;
  const commands = one.family().map((pid) => ({ pid, command: commandOf(pid) ?? '' }));
  process.kill(commands.find(({ command }) => command.includes('src/worker.ts'))!.pid, 'SIGKILL');
  process.kill(commands.find(({ command }) => command.includes('postgres -D'))!.pid, 'SIGKILL');
  await expect
    .poll(() => one.out(), { timeout: 20_000 })
    .toMatch(/worker was ended by SIGKILL; starting it again in 0\.2 s\./);
  await expect.poll(() => one.out(), { timeout: 20_000 }).toMatch(/The database ended by itself; starting it again\./);
  await expect.poll(() => query('SELECT 1 AS one').catch(() => []), { timeout: 20_000 }).toEqual([{ one: 1 }]);
  const { webPort } = JSON.parse(readFileSync(join(dir, 'local.json'), 'utf8')) as { webPort: number };
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${webPort}/readyz`)).status, { timeout: 20_000 })
    .toBe(200);
  expect((await fetch(url)).status).toBe(200);
  await stop(one);
}, 60_000);

describe('what is in the way is one sentence', () => {
  it('a port that is taken', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      const one = await start({ env: { LOCKSTEP_PORT: String(port) } });
      expect(await failure(one)).toBe(
        `Port ${port} is in use by another program: stop that, or choose another one with LOCKSTEP_PORT=${port + 10} npm start.`,
      );
    } finally {
      other.close();
    }
  });

  it('a port of web that is taken', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      expect(await failure(await start({ env: { PORT: String(port) } }))).toBe(
        `Port ${port} is in use by another program: stop that, or choose another one with PORT=${port + 10} npm start.`,
      );
    } finally {
      other.close();
    }
  });

  // Where every port is open to everybody, as in some containers, nothing is in the way.
  it.runIf(firstOpenPort() > 80)('a port that only root may use', async () => {
    const user = otherUser(dir);
    expect(await failure(await start({ user, env: { LOCKSTEP_PORT: '80' } }))).toBe(
      'Port 80 is closed to ordinary users: choose another one with LOCKSTEP_PORT=4000 npm start.',
    );
    expect(await failure(await start({ user, env: { PORT: '80' } }))).toBe(
      'Port 80 is closed to ordinary users: choose another one with PORT=3000 npm start.',
    );
  });

  it('a data folder that is a file', async () => {
    const file = join(dir, 'data');
    writeFileSync(file, 'mine');
    for (const folder of [file, join(file, 'below')]) {
      expect(await failure(await start({ env: { LOCKSTEP_DATA: folder } }))).toBe(
        `${file} is a file, and Lockstep needs a folder there: move it away, or choose another data folder with LOCKSTEP_DATA=….`,
      );
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('a file in the place of one of its folders, and a folder in the place of a file', async () => {
    writeFileSync(join(dir, 'logs'), '');
    expect(await failure(await start())).toMatch(`${join(dir, 'logs')} is a file, and Lockstep needs a folder there: `);
    rmSync(join(dir, 'logs'));
    rmSync(join(dir, 'local.json'));
    mkdirSync(join(dir, 'local.json'));
    expect(await failure(await start())).toMatch(
      `${join(dir, 'local.json')} is a folder, and Lockstep needs a file there: `,
    );
  }, 60_000);

  it('a data folder that belongs to somebody else', async () => {
    const user = otherUser(mkdtempSync(join(dir, 'home-')));
    const data = join(dir, 'data');
    mkdirSync(data);
    chmodSync(dir, 0o755);
    chmodSync(data, 0o555);
    const why = user ? 'which belongs to root' : 'whose mode is 555';
    const todo = user
      ? `start Lockstep as root, give it away with \`chown -R nobody ${data}\``
      : `open it with \`chmod -R u+rwX ${data}\``;
    const who = user ? 'nobody' : userInfo().username;
    for (const folder of [data, join(data, 'below', 'it')]) {
      expect(await failure(await start({ user, env: { LOCKSTEP_DATA: folder } }))).toBe(
        `The user ${who} may not read and write ${data}, ${why}: ${todo}, or choose another data folder with LOCKSTEP_DATA=….`,
      );
    }
  });

  it('a file of the local Slack or the local GitHub that cannot be read', async () => {
    const slack = join(dir, 'slack.json');
    const sentence = `The Slack stand-in cannot read its data file ${slack}. Remove it to start with an empty workspace.`;
    writeFileSync(slack, '{"version":1,"messa');
    expect(await failure(await start())).toBe(sentence);
    expect(existsSync(slack)).toBe(true);
    rmSync(slack);
    mkdirSync(slack);
    expect(await failure(await start())).toBe(sentence);
    rmSync(slack, { recursive: true });
    const github = join(dir, 'github/state.json');
    writeFileSync(github, '{"version":2}');
    expect(await failure(await start())).toBe(
      `The GitHub stand-in cannot read its state in ${github}. Remove that file to start afresh.`,
    );
  }, 60_000);

  it('a second start on the same data', async () => {
    const first = await start();
    const url = await first.ready;
    const second = await start();
    expect(await failure(second)).toBe(
      `Lockstep already runs on ${dir} (process ${first.child.pid}, ${url}): use that one, stop it, or choose another folder with LOCKSTEP_DATA=….`,
    );
    expect((await fetch(url)).status).toBe(200);
    await stop(first);
  }, 40_000);

  it('a broken data folder', async () => {
    const data = join(placeOf(join(dir, 'postgres')), 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'something'), '');
    expect(await failure(await start())).toBe(
      `The database in ${data} cannot be used: it has files but no PG_VERSION, so it is no PostgreSQL data folder. Put a backup of that folder in its place, or start with an empty one: \`npm start -- --reset\` deletes it.`,
    );
  });

  it('a database that does not answer', async () => {
    const port = await freePort();
    const one = await start({ env: { DATABASE_URL: `postgres://someone:hidden@127.0.0.1:${port}/db` } });
    const said = await failure(one);
    expect(said).toMatch(
      /^The database cannot be prepared: .*ECONNREFUSED.* Is postgres:\/\/someone:…@127\.0\.0\.1:\d+\/db right and running\?$/,
    );
    expect(said).not.toMatch('hidden');
  });

  it('half a pair of keys', async () => {
    expect(await failure(await start({ env: { GITHUB_TOKEN: 'x' } }))).toBe(
      'GITHUB_TOKEN is set, but GITHUB_WEBHOOK_SECRET is not: set both, or none of them for the local GitHub.',
    );
  });

  it('a wrong argument, a wrong port, nobody to ask', async () => {
    expect(await failure(await start({ args: ['--rest'] }))).toMatch(/^--rest is not known\. What there is:/);
    expect(await failure(await start({ env: { LOCKSTEP_PORT: 'abc' } }))).toBe(
      'LOCKSTEP_PORT is wrong: "abc" is no number up to 65533; 4000 is the usual one.',
    );
    expect(await failure(await start({ args: ['--reset'] }))).toBe(
      '--reset deletes data and nobody is there to ask: add --yes.',
    );
  });

  it('a mistake in the team’s own files', async () => {
    const config = join(dir, 'my-config');
    mkdirSync(config);
    writeFileSync(join(config, 'lockstep.yml'), 'roles: {}\nchanel: x\n');
    expect(await failure(await start({ env: { LOCKSTEP_CONFIG: config } }))).toMatch(
      /lockstep\.yml:2: chanel: .*allowed: channel, /,
    );
  });
});

it('deletes everything with --reset --yes and starts fresh', async () => {
  const first = await start();
  await first.ready;
  await query('CREATE TABLE kept AS SELECT 42 AS answer');
  await stop(first);
  const second = await start({ args: ['--reset', '--yes'] });
  await second.ready;
  expect(second.out()).toMatch(`Deleted ${dir}.`);
  await expect(query('SELECT answer FROM kept')).rejects.toThrow(/relation "kept" does not exist/);
  await stop(second);
}, 60_000);
