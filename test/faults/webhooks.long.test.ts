import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { sweep } from '../../jobs/sweep.ts';
import type { Faults } from '../../sim/github/faults.ts';
import { seedFromFolder } from '../../sim/github/seed.ts';
import { buildDeps } from '../../src/deps.ts';
import { until } from '../flows/lockstep.ts';
import { gitEnv } from '../sim/github/helpers.ts';
import { expectSound, itemOf, openTicket, type Road, reaches, startRoad } from './road.ts';

/** An item does nothing but watch its pull request, in a repository without checks. */
const WATCHING = `
name: feature
stages:
  incoming:  { column: Incoming, jobs: [enrich], gate: {} }
  watched:   { column: Preview, jobs: [watch-checks], gate: { pull_request: { state: merged } } }
  completed: { column: Deployed }
`;
const here = { owner: 'acme', repo: 'tiny' };
const run = promisify(execFile);

let road: Road;
let octokit: Octokit;
beforeAll(async () => {
  road = await startRoad({ pipeline: WATCHING });
  const seed = join(road.dataDir, 'tiny');
  await mkdir(seed);
  await writeFile(join(seed, 'README.md'), '# Nothing to run\n');
  await road.github.addRepo({ owner: here.owner, name: here.repo, seed: seedFromFolder(seed) });
  octokit = new Octokit({ auth: 'sim-emil', baseUrl: road.env.GITHUB_API_URL! });
}, 60_000);
afterAll(() => road?.close());

/** The branch, one commit further. */
async function push(branch: string, text: string): Promise<string> {
  const remote = `${road.env.GITHUB_GIT_URL!.replace('//', '//x-access-token:sim-emil@')}/acme/tiny.git`;
  const dir = join(road.dataDir, `clone-${branch}`);
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: dir, env: gitEnv(road.dataDir) })).stdout.trim();
  await run('git', ['clone', '--quiet', remote, dir], { env: gitEnv(road.dataDir) }).catch(() => {});
  await git('checkout', '--quiet', '-B', branch);
  await writeFile(join(dir, `${branch}.md`), text);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', text);
  await git('push', '--quiet', 'origin', branch);
  return git('rev-parse', 'HEAD');
}

async function watched(branch: string): Promise<{ key: string; id: string }> {
  const key = await openTicket(road, `Watches ${branch}`);
  await reaches(road, key, 'watched');
  const { id } = await itemOf(road, key);
  for (const [name, value] of Object.entries({ branch, repo: 'acme/tiny' })) {
    await road.database.pool.query(
      `INSERT INTO facts (item_id, name, value, source, seen_at) VALUES ($1, $2, $3, 'test', now())
       ON CONFLICT (item_id, name) DO UPDATE SET value = excluded.value`,
      [id, name, JSON.stringify(value)],
    );
  }
  return { key, id: String(id) };
}

const pullFact = async (id: string) => {
  const { rows } = await road.database.pool.query(`SELECT value FROM facts WHERE item_id = $1 AND name = 'pr'`, [id]);
  return rows[0]?.value as { state: string; headSha: string } | undefined;
};

interface Way {
  name: string;
  faults: Partial<Faults>;
  /** What happens between the events and the look at the end. */
  heal(): Promise<void>;
}

const stop = new AbortController();
const lookEverywhere = async () => {
  const built = await buildDeps(road.config, jobs, 'worker');
  try {
    await sweep.run(built.deps, {}, stop.signal);
  } finally {
    await built.close();
  }
};
const redeliverBackwards = async () => {
  road.github.faults.dropWebhooks = 0;
  const lost = road.github.deliveries.filter((one) => one.statusCode === 0).map((one) => one.id);
  for (const id of lost.reverse()) await road.github.redeliver(id);
  await road.github.idle();
};

const ways: Way[] = [
  { name: 'once each', faults: {}, heal: async () => {} },
  { name: 'twice', faults: { duplicateWebhooks: true }, heal: async () => {} },
  { name: 'backwards', faults: { shuffleWebhooks: true }, heal: async () => {} },
  { name: 'never', faults: { dropWebhooks: 1_000 }, heal: lookEverywhere },
  { name: 'late and backwards', faults: { dropWebhooks: 1_000 }, heal: redeliverBackwards },
];

describe.each(ways)('webhooks that come $name', ({ name, faults, heal }) => {
  it('end in what GitHub says', async () => {
    const branch = name.replaceAll(' ', '-');
    const { key, id } = await watched(branch);
    Object.assign(road.github.faults, faults);
    await push(branch, 'one');
    const { data: pull } = await octokit.pulls.create({ ...here, head: branch, base: 'main', title: name });
    const numbered = { ...here, pull_number: pull.number };
    const head = await push(branch, 'two');
    await octokit.pulls.update({ ...numbered, state: 'closed' });
    await octokit.pulls.update({ ...numbered, state: 'open' });
    await road.github.idle();
    await heal();
    await until(async () => {
      const known = await pullFact(id);
      return known?.state === 'open' && known.headSha === head;
    }, 5_000);
    const { data: merged } = await octokit.pulls.merge(numbered);
    await road.github.idle();
    await heal();
    await reaches(road, key, 'completed', 5_000);
    expect(await pullFact(id)).toMatchObject({ state: 'merged', headSha: head });
    const { rows } = await road.database.pool.query(`SELECT subject FROM facts WHERE item_id = $1 AND name = 'merge'`, [
      id,
    ]);
    expect(rows).toEqual([{ subject: merged.sha }]);
    Object.assign(road.github.faults, { dropWebhooks: 0, duplicateWebhooks: false, shuffleWebhooks: false });
    await expectSound(road);
  });
});
