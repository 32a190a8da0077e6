// Runs before `npm start`, `npm test` and the others, under whatever Node the machine has: so plain JavaScript and
// nothing but Node. Installs the packages when they are missing or older than the lock file; otherwise it is done in
// a few milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Oldest Node that can run npm and this file; the product itself runs on the Node 24 that npm installs. */
const OLDEST = 20;

/**
 * Makes `root` ready to run.
 * @param {{ root: string, nodeVersion?: string, env?: Record<string, string | undefined>, say?: (line: string) => void }} options
 * @returns {string | null} one sentence about what is missing and what to do, or null when all is well
 */
export function prepare({ root, nodeVersion = process.versions.node, env = process.env, say = print }) {
  if (Number(nodeVersion.split('.')[0]) < OLDEST) {
    return `Lockstep needs Node ${OLDEST} or newer and this is Node ${nodeVersion}: install a newer one from https://nodejs.org and start again.`;
  }
  if (!runs('git', ['--version'], env)) {
    return 'Lockstep needs git and it was not found: install it (https://git-scm.com/downloads) and start again.';
  }
  const installed = isInstalled(root);
  if (!installed) {
    const npm = findNpm(env);
    if (!npm)
      return 'Lockstep needs npm and it was not found: it comes with Node, install both from https://nodejs.org.';
    say('Installing packages (once; about ten seconds when npm has them already) …');
    const { status } = spawnSync(
      npm.program,
      [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
        env,
        stdio: 'inherit',
        shell: npm.shell,
      },
    );
    if (status !== 0) {
      return `The packages could not be installed; npm says why above. Is the network there, and may you write to ${join(root, 'node_modules')}? Then start again.`;
    }
    writeFileSync(join(root, 'node_modules', STAMP), lockHash(root));
  }
  if (!hasOwnNode(root)) {
    return 'The Node 24 that Lockstep brings is missing, because npm was told not to run install scripts: run `npm ci --include=dev --ignore-scripts=false` and start again.';
  }
  return null;
}

/** Which lock file the packages were installed from; a newer file with the same text is no reason to install again. */
const STAMP = '.lockstep-installed';

function isInstalled(root) {
  const done = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(done)) return false;
  if (statSync(done).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return true;
  const stamp = join(root, 'node_modules', STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(root);
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function hasOwnNode(root) {
  const bin = join(root, 'node_modules', 'node', 'bin');
  return existsSync(join(bin, 'node')) || existsSync(join(bin, 'node.exe'));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

/** npm tells its scripts where it is; started by hand, it is looked for on the PATH. */
function findNpm(env) {
  const path = env.npm_execpath;
  if (path && basename(path).startsWith('npm') && existsSync(path)) {
    return { program: process.execPath, args: [path], shell: false };
  }
  const shell = process.platform === 'win32';
  return runs('npm', ['--version'], env, shell) ? { program: 'npm', args: [], shell } : null;
}

function runs(program, args, env, shell = false) {
  return spawnSync(program, args, { env, stdio: 'ignore', shell }).status === 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problem = prepare({ root: dirname(fileURLToPath(import.meta.url)) });
  if (problem) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  }
}
