/** The stand-in as a process of its own, to be killed by a test. Tells its parent the address; `push` makes a pull request. */
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createGitHub } from '../../../sim/github/index.ts';
import { seedFromFolder } from '../../../sim/github/seed.ts';
import { botToken, gitEnv, name, owner, secret } from './helpers.ts';

const dir = process.argv[2]!;
let url = '';
const github = await createGitHub({
  dataDir: join(dir, 'data'),
  baseUrl: () => url,
  token: botToken,
  webhook: { secret },
  repos: [{ owner, name, seed: seedFromFolder(join(dir, 'sample')) }],
});
const server = createServer((req, res) => void github.handle(req, res));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
process.on('message', async () => {
  const api = `${url}/github/api/v3/repos/${owner}/${name}`;
  const headers = { authorization: `Bearer ${botToken}`, 'content-type': 'application/json' };
  const bare = join(dir, 'data', 'repos', owner, `${name}.git`);
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: bare, env: gitEnv(dir), encoding: 'utf8' }).trim();
  const sha = git('commit-tree', '-p', 'main', '-m', 'Empty', 'main^{tree}');
  await fetch(`${api}/git/refs`, { method: 'POST', headers, body: JSON.stringify({ ref: 'refs/heads/topic', sha }) });
  const pull = { title: 'Topic', head: 'topic', base: 'main' };
  const answer = await fetch(`${api}/pulls`, { method: 'POST', headers, body: JSON.stringify(pull) });
  process.send!(answer.status);
});
process.send!(url);
