import { expect, test } from 'vitest';
import { createAgents } from '../../src/agents/index.ts';
import { checkBranch, checkCloneUrl, checkKey, checkRepo, checkSha } from '../../src/agents/names.ts';
import type { AgentTask } from '../../src/agents/types.ts';

test.each(['lockstep/ls-12', 'lockstep/ls-12/fix-é', 'lockstep/a.b_c'])('the branch %s is ours', (branch) => {
  expect(checkBranch(branch, 'lockstep/')).toBe(branch);
});

test.each([
  'main',
  'lockstep/',
  'lockstep',
  '--upload-pack=touch',
  'lockstep/-f',
  'lockstep/../main',
  'lockstep/a..b',
  'lockstep//a',
  'lockstep/a b',
  'lockstep/a\nb',
  'lockstep/a\u0000',
  'lockstep/a:refs/heads/main',
  'lockstep/a@{1}',
  'lockstep/a.lock',
  'lockstep/.hidden',
  'lockstep/a~1',
  'lockstep/*',
  `lockstep/${'a'.repeat(250)}`,
])('the branch %j is refused', (branch) => {
  expect(() => checkBranch(branch, 'lockstep/')).toThrow(/not ours|not a branch name/);
});

test.each(['acme', 'acme/../x', '../acme/x', 'acme/..', '-acme/x', 'acme/x y', 'acme/x/y'])(
  'the repository %j is refused',
  (repo) => {
    expect(() => checkRepo(repo)).toThrow('is not a repository');
  },
);

test.each(['', '..', 'a/b', '.hidden', '-x', 'a\n', 'x'.repeat(65)])('the key %j is refused', (key) => {
  expect(() => checkKey(key)).toThrow("can't be a folder's name");
});

test.each(['main', 'HEAD', '--all', 'abc123', 'F'.repeat(40)])('the commit %j is refused', (sha) => {
  expect(() => checkSha(sha)).toThrow('is not a full commit id');
});

test.each(['ext::sh -c id', 'ssh://git@host/x', '-u', 'https://user:pw@host/x.git', 'relative/path'])(
  'the clone URL %j is refused without repeating it',
  (url) => {
    expect(() => checkCloneUrl(url)).toThrow(/^the clone URL must/);
  },
);

test('the manual agent waits for a person and says which branch', async () => {
  const { manual } = createAgents({});
  const task = { runId: 'run-1', repo: 'acme/greeter', branch: 'lockstep/ls-1' } as AgentTask;
  const ref = await manual!.launch(task, { signal: new AbortController().signal });
  expect(await manual!.poll(ref)).toMatchInlineSnapshot(`
    {
      "branch": "lockstep/ls-1",
      "state": "running",
      "summary": "Waiting for a person to push the branch lockstep/ls-1 to acme/greeter and to open a pull request from it.",
    }
  `);
});

test('an adapter that is not configured is not offered', () => {
  expect(Object.keys(createAgents({}))).toEqual(['manual']);
  const scripted = { root: '/r', scriptsDir: '/s', path: '' };
  expect(Object.keys(createAgents({ scripted }))).toEqual(['manual', 'scripted']);
});
