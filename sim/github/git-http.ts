/** Git over HTTP: `git http-backend` behind authentication, and a look at what a push changed. */
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hooksDir } from './git.ts';
import type { Repo } from './model.ts';
import { type Account, accountOfToken } from './people.ts';
import { compareRefs, refChanged, snapshotRefs } from './pushes.ts';
import { findRepo, fullName, type World } from './world.ts';

// Runs inside git receive-pack, which refuses the whole push when it fails; what it prints, the person sees.
const preReceive = `#!/bin/sh
if [ -n "$SIM_REFUSE_PUSH" ]; then
  echo "error: $SIM_REFUSE_PUSH" >&2
  exit 1
fi
while read -r old new ref; do
  case "$ref" in
    refs/heads/* | refs/tags/*) ;;
    *)
      echo "error: $ref is a hidden ref; only branches and tags can be pushed." >&2
      exit 1 ;;
  esac
  if [ "$ref" = "$SIM_PROTECTED_REF" ]; then
    echo "error: GH006: Protected branch update failed for $ref." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
  fi
done
`;

const pattern = /^\/github\/([\w.-]+)\/([\w.-]+?)\.git(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/;

export interface GitHttp {
  handle: (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean>;
}

export function createGitHttp(world: World): GitHttp {
  const hook = join(hooksDir(world.dataDir), 'pre-receive');
  writeFileSync(hook, preReceive);
  chmodSync(hook, 0o755);

  const handle = async (req: IncomingMessage, res: ServerResponse, url: URL) => {
    const found = pattern.exec(url.pathname);
    if (!found) return false;
    const actor = authenticate(req, world.token);
    if (!actor) {
      res.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"', 'content-type': 'text/plain' });
      res.end('Invalid username or token. Password authentication is not supported for Git operations.\n');
      return true;
    }
    const repo = findRepo(world, found[1]!, found[2]!);
    if (!repo) {
      res.writeHead(404, { 'content-type': 'text/plain' }).end('Repository not found.\n');
      return true;
    }
    const path = `/${fullName(repo)}.git${found[3]}`;
    const call = { req, res, url, path, actor, repo };
    const pushes = path.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
    if (pushes && actor.access !== 'write') {
      res.writeHead(403, { 'content-type': 'text/plain' });
      res.end(`Permission to ${fullName(repo)}.git denied to ${actor.login}.\n`);
      return true;
    }
    if (path.endsWith('/git-receive-pack')) await receive(call);
    else {
      await backend(world, call);
      res.end();
    }
    return true;
  };
  const receive = (call: BackendCall) =>
    world.lock(call.repo, async () => {
      const before = await snapshotRefs(world, call.repo);
      await backend(world, call).catch((error: Error) => world.log(`git push: ${error.message}`));
      const changes = compareRefs(before, await snapshotRefs(world, call.repo));
      for (const change of changes) await refChanged(world, call.repo, change, call.actor);
      await world.store.save();
      // Ended only now: when `git push` returns, the pull request has already followed.
      call.res.end();
    });
  return { handle };
}

function authenticate(req: IncomingMessage, token: string): Account | null {
  const [scheme, value = ''] = (req.headers.authorization ?? '').split(' ');
  if (/^(bearer|token)$/i.test(scheme ?? '')) return accountOfToken(value, token);
  if (!/^basic$/i.test(scheme ?? '')) return null;
  const [user = '', ...password] = Buffer.from(value, 'base64').toString().split(':');
  // GitHub takes the token as password with any name, and as name with an empty password.
  return accountOfToken(password.join(':'), token) ?? accountOfToken(user, token);
}

interface BackendCall {
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  path: string;
  actor: Account;
  repo: Repo;
}

async function backend(world: World, { req, res, url, path, actor, repo }: BackendCall): Promise<void> {
  const header = (name: string) => String(req.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    cwd: world.dataDir,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...world.git.env,
      GIT_PROJECT_ROOT: join(world.dataDir, 'repos'),
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: req.method ?? 'GET',
      PATH_INFO: path,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      ...(req.headers['content-length'] ? { CONTENT_LENGTH: header('content-length') } : {}),
      REMOTE_USER: actor.login,
      REMOTE_ADDR: '127.0.0.1',
      SIM_REFUSE_PUSH: world.faults.refusePush ?? '',
      SIM_PROTECTED_REF: actor.type === 'Bot' ? `refs/heads/${repo.defaultBranch}` : '',
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const sent = pipeline(req, child.stdin).catch(() => {});
  await answer(child.stdout, res);
  await Promise.all([ended, sent]);
}

/** Passes a CGI answer on: header lines, an empty line, the body as it comes. */
async function answer(stdout: NodeJS.ReadableStream, res: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0);
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    if (res.headersSent) {
      if (!res.write(chunk) && !res.destroyed) await Promise.race([once(res, 'drain'), once(res, 'close')]);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    writeHead(res, head.subarray(0, end).toString());
    res.write(head.subarray(end + 4));
  }
  if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' }).write('git http-backend gave no answer\n');
}

function writeHead(res: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else if (at > 0) res.setHeader(name, value);
  }
  res.writeHead(status);
  res.flushHeaders();
}

function once(res: ServerResponse, event: 'drain' | 'close'): Promise<void> {
  return new Promise((resolve) => res.once(event, () => resolve()));
}
