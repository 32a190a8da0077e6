import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { fact } from '../../src/pipeline/facts.ts';
import { asks, type Bench } from './workbench.ts';

export const storefront = { owner: 'acme', repo: 'storefront' };

/** GitHub as one of the people uses it. */
export function as(bench: Bench, login: string): Octokit {
  return new Octokit({ auth: `sim-${login}`, baseUrl: `${bench.url}/github/api/v3` });
}

const env = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Emil Sandberg',
  GIT_AUTHOR_EMAIL: 'emil@example.com',
  GIT_COMMITTER_NAME: 'Emil Sandberg',
  GIT_COMMITTER_EMAIL: 'emil@example.com',
};

/** Pushes one changed file to a branch, made from main where it is new. Answers its head. */
export async function pushAsPerson(
  bench: Bench,
  branch: string,
  file: string,
  text = `# ${Math.random()}\n`,
): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-person-'));
  // Asynchronous: the stand-in that is pushed to lives in this process.
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', args, { cwd: dir, env });
    return stdout.trim();
  };
  try {
    const remote = `${bench.url.replace('//', '//x-access-token:sim-emil@')}/github/acme/storefront.git`;
    await git('clone', '--quiet', remote, '.');
    const known = (await git('branch', '--remotes')).includes(`origin/${branch}`);
    await git('checkout', '--quiet', '-B', branch, known ? `origin/${branch}` : 'origin/main');
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', `Change ${file}`);
    await git('push', '--quiet', 'origin', branch);
    return await git('rev-parse', 'HEAD');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Names the first four criteria, as the spec check wants it. */
export const provingTest = `import test from 'node:test';
// AC-1, AC-2, AC-3 and AC-4 of the ticket.
test('as the ticket says', () => {});
`;

/** An item whose change a person has pushed and opened by hand, with everything green but the review. */
export async function reviewable(bench: Bench, ticket: { title: string }, file = 'test/by-hand.test.js') {
  const { id, key } = await bench.untilPreview(ticket, 'manual');
  const waiting = await bench.until(id, 'the branch', ({ facts }) => fact(facts, 'branch') !== undefined);
  const branch = fact(waiting.facts, 'branch')!;
  await pushAsPerson(bench, branch, file, provingTest);
  const title = `By hand: ${key}`;
  const { data } = await as(bench, 'emil').pulls.create({ ...storefront, title, head: branch, base: 'main' });
  await bench.until(id, 'green checks and a preview', ({ facts, state }) => {
    const up = fact(facts, 'checks')?.conclusion === 'success' && fact(facts, 'preview')?.state === 'ready';
    return up && fact(facts, 'diff_review') !== undefined && asks(state, 'user:UROSA');
  });
  return { id, key, branch, number: data.number };
}
