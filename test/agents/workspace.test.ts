import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { git, makeWorld, PATH, type World, writeFiles } from './fixture.ts';

const author = { name: 'Lockstep', email: 'lockstep@acme.test' };
let world: World;

beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.dispose());

test('a change is listed, committed under the given author and pushed to its branch', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'src/greet.js': 'one\ntwo\n', 'notes/new file é.md': 'hello\n' });
  rmSync(path.join(workspace.dir, 'db/001.sql'));
  const { files, diff } = await workspace.changes();
  expect(files).toEqual([
    { path: 'db/001.sql', status: 'deleted', additions: 0, deletions: 1 },
    { path: 'notes/new file é.md', status: 'added', additions: 1, deletions: 0 },
    { path: 'src/greet.js', status: 'modified', additions: 2, deletions: 1 },
  ]);
  expect(diff).toContain('+hello');
  const { sha, committed } = await workspace.commit({ message: '-m is no option: LS-1', author });
  expect(committed).toBe(true);
  expect(await workspace.push()).toEqual({ sha });
  expect(git(world.origin, 'log', '-1', '--format=%H %an %s', 'lockstep/ls-1')).toBe(
    `${sha} Lockstep -m is no option: LS-1`,
  );
  expect((await workspace.changes()).files).toHaveLength(3);
});

test('looking at changes stages nothing', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'new.txt': 'x' });
  await workspace.changes();
  expect(git(workspace.dir, 'status', '--porcelain')).toBe('?? new.txt');
});

test('with nothing to commit there is no commit, and pushing twice is harmless', async () => {
  const workspace = await world.open();
  expect(await workspace.commit({ message: 'x', author })).toEqual({ sha: world.baseSha, committed: false });
  await workspace.push();
  expect(await workspace.push()).toEqual({ sha: world.baseSha });
});

test('the checkout is kept when the item comes back', async () => {
  const first = await world.open();
  writeFiles(first.dir, { 'draft.txt': 'unfinished' });
  const second = await world.open();
  expect(second.dir).toBe(first.dir);
  expect(readFileSync(path.join(second.dir, 'draft.txt'), 'utf8')).toBe('unfinished');
});

test('a second machine goes on from the pushed branch', async () => {
  const first = await world.open();
  writeFiles(first.dir, { 'done.txt': 'by the first' });
  const { sha } = await first.commit({ message: 'First', author });
  await first.push();
  const second = await world.open({ root: path.join(world.root, 'other-machine') });
  expect(await second.headSha()).toBe(sha);
});

test('many items open at once, each in its own checkout', async () => {
  const keys = ['LS-1', 'LS-2', 'LS-3', 'LS-4', 'LS-5'];
  const all = await Promise.all(keys.map((key) => world.open({ key, branch: `lockstep/${key.toLowerCase()}` })));
  await Promise.all(
    all.map(async (workspace, index) => {
      writeFiles(workspace.dir, { 'mine.txt': keys[index]! });
      await workspace.commit({ message: keys[index]!, author });
      await workspace.push();
    }),
  );
  for (const key of keys) expect(git(world.origin, 'show', `lockstep/${key.toLowerCase()}:mine.txt`)).toBe(key);
});

test('one item opened twice at once ends in one usable checkout', async () => {
  const [one, two] = await Promise.all([world.open(), world.open()]);
  expect(one!.dir).toBe(two!.dir);
  expect(await one!.headSha()).toBe(world.baseSha);
});

test('a person’s commit on our branch is taken over when ours is clean', async () => {
  const workspace = await world.open();
  await workspace.push();
  const theirs = pushAsRosa('theirs.txt');
  const again = await world.open();
  expect(await again.headSha()).toBe(theirs);
});

test('a push that a crash left without its note is no push of somebody else', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'note.txt': 'one' });
  await workspace.commit({ message: 'one', author });
  // The other side has it, and the worker died before it wrote that down.
  git(workspace.dir, 'push', world.options.cloneUrl, `HEAD:refs/heads/${world.options.branch}`);
  writeFiles(workspace.dir, { 'note.txt': 'two' });
  const { sha } = await workspace.commit({ message: 'two', author });
  expect(await workspace.push()).toEqual({ sha });
});

test('a person’s commit is never overwritten by our push', async () => {
  const workspace = await world.open();
  await workspace.push();
  const theirs = pushAsRosa('theirs.txt');
  writeFiles(workspace.dir, { 'ours.txt': 'x' });
  await workspace.commit({ message: 'Ours', author });
  await expect(workspace.push()).rejects.toThrow(
    'The push to lockstep/ls-1 was refused: somebody else has pushed to this branch',
  );
  expect(git(world.origin, 'rev-parse', 'lockstep/ls-1')).toBe(theirs);
});

test('our own rewritten branch is pushed', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'ours.txt': '1' });
  await workspace.commit({ message: 'One', author });
  await workspace.push();
  git(workspace.dir, 'commit', '-q', '--amend', '-m', 'One, better');
  const { sha } = await workspace.push();
  expect(git(world.origin, 'rev-parse', 'lockstep/ls-1')).toBe(sha);
});

test('a push that a server hook declines is refused with the server’s words', async () => {
  const workspace = await world.open();
  const hook = path.join(world.origin, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\necho "Branch is protected: two reviews are needed" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  const refused = await workspace.push().catch((error: Error) => error);
  expect(refused).toMatchObject({ name: 'PushRefused' });
  expect((refused as Error).message).toMatchInlineSnapshot(
    `"The push to lockstep/ls-1 was refused: [remote rejected] (pre-receive hook declined) Branch is protected: two reviews are needed"`,
  );
});

test('hooks in the checkout’s repository do not run', async () => {
  const workspace = await world.open();
  const hooks = path.join(world.options.root, 'clones', 'acme__greeter.git', 'hooks');
  mkdirSync(hooks, { recursive: true });
  const ran = path.join(world.root, 'hook-ran');
  for (const name of ['pre-commit', 'post-commit', 'pre-push']) {
    writeFileSync(path.join(hooks, name), `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(path.join(hooks, name), 0o755);
  }
  writeFiles(workspace.dir, { 'x.txt': 'x' });
  await workspace.commit({ message: 'x', author });
  await workspace.push();
  expect(existsSync(ran)).toBe(false);
});

test('a replaced .git file does not lead our git elsewhere', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'x.txt': 'x', '.git': `gitdir: ${path.join(world.seed, '.git')}\n` });
  const { sha } = await workspace.commit({ message: 'x', author });
  expect(git(world.seed, 'rev-parse', 'HEAD')).toBe(world.baseSha);
  expect(sha).not.toBe(world.baseSha);
});

test('remove drops checkout and branch; the next open starts at the base again', async () => {
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'x.txt': 'x' });
  await workspace.commit({ message: 'x', author });
  await workspace.remove();
  expect(existsSync(workspace.dir)).toBe(false);
  expect(await (await world.open()).headSha()).toBe(world.baseSha);
});

test('a half-made checkout is made again', async () => {
  const workspace = await world.open();
  rmSync(path.join(world.options.root, 'clones', 'acme__greeter.git', 'worktrees', 'LS-1', 'lockstep-ready'));
  rmSync(path.join(workspace.dir, 'package.json'));
  const again = await world.open();
  expect((await again.changes()).files).toEqual([]);
});

test('locks left by killed processes are taken over', async () => {
  await world.open();
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.once('close', resolve));
  const mirror = path.join(world.options.root, 'clones', 'acme__greeter.git');
  writeFileSync(`${mirror}.lock`, JSON.stringify({ pid: dead.pid, mark: '1', host: hostname(), token: 'gone' }));
  const index = path.join(mirror, 'worktrees', 'LS-1', 'index.lock');
  writeFileSync(index, '');
  const old = new Date(Date.now() - 60_000);
  utimesSync(index, old, old);
  const workspace = await world.open();
  writeFiles(workspace.dir, { 'x.txt': 'x' });
  expect((await workspace.commit({ message: 'x', author })).committed).toBe(true);
  expect(readdirSync(path.dirname(mirror)).sort()).toEqual(['acme__greeter.git']);
});

test('a base commit that the repository does not have is a sentence', async () => {
  const baseSha = 'f'.repeat(40);
  await expect(world.open({ baseSha })).rejects.toThrow('the commit ffffffffffff is not in acme/greeter');
});

test('a token goes to the server in a header, and nowhere else', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(403, { 'content-type': 'text/plain' }).end('no entry for s3cr3t-token-value');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cloneUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/greeter.git`;
  const authHeader = `Basic ${Buffer.from('x-access-token:s3cr3t-token-value').toString('base64')}`;
  const failed = await world.open({ cloneUrl, authHeader }).catch((error: Error) => error);
  server.close();
  expect(seen[0]).toBe(authHeader);
  expect((failed as Error).message).toContain('403');
  expect(String((failed as Error).stack) + JSON.stringify(failed)).not.toContain('s3cr3t');
  const pattern = `s3cr3t|${authHeader.slice(6)}`;
  const found = spawnSync('grep', ['-rlE', pattern, world.options.root], { env: { PATH }, encoding: 'utf8' });
  expect(found).toMatchObject({ status: 1, stdout: '' });
});

function pushAsRosa(file: string): string {
  const clone = path.join(world.root, 'rosa');
  git(world.root, 'clone', '-q', '-b', 'lockstep/ls-1', world.origin, clone);
  writeFiles(clone, { [file]: 'by a person' });
  git(clone, 'add', '-A');
  git(clone, 'commit', '-q', '-m', 'A person’s commit');
  git(clone, 'push', '-q', 'origin', 'lockstep/ls-1');
  return git(clone, 'rev-parse', 'HEAD');
}
