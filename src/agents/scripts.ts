import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const edit = z.union([
  z.strictObject({ path: z.string(), find: z.string().min(1), replace: z.string() }),
  z.strictObject({ path: z.string(), write: z.string() }),
  z.strictObject({ path: z.string(), append: z.string().min(1) }),
]);

const script = z.strictObject({
  match: z.strictObject({ title: z.string().min(1) }),
  summary: z.string(),
  plan: z.array(z.string()).min(1),
  tests: z.array(edit).min(1),
  changes: z.array(edit).min(1),
  followUps: z
    .array(z.strictObject({ match: z.string(), summary: z.string().optional(), edits: z.array(edit).min(1) }))
    .optional(),
});

export type ScriptEdit = z.infer<typeof edit>;
/** What the scripted agent knows how to do: a ticket's title as a pattern, a test that fails, and the change. */
export type AgentScript = z.infer<typeof script>;

/** All scripts for a repository, `<scriptsDir>/<name>/*.json`, in file order. A script that is malformed is an error. */
export function loadScripts(scriptsDir: string, repo: string): AgentScript[] {
  const name = repo.split('/').at(-1) ?? '';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return [];
  const folder = path.join(scriptsDir, name);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => readScript(path.join(folder, file)));
}

export function readScript(file: string): AgentScript {
  const result = script.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!result.success) throw new Error(`${path.basename(file)} is not a script: ${z.prettifyError(result.error)}`);
  return result.data;
}

export function findScript(scripts: AgentScript[], title: string): AgentScript | null {
  return scripts.find((one) => new RegExp(one.match.title, 'i').test(title)) ?? null;
}

export interface EditScope {
  /** Absolute path of the checkout */
  workspace: string;
  doNotTouch: string[];
}

/**
 * Applies edits in order and returns the paths that changed. An edit that is already there changes nothing. Throws a
 * sentence when a path leaves the checkout, is on the do-not-touch list, or the text to replace is missing.
 */
export function applyEdits(edits: ScriptEdit[], scope: EditScope): string[] {
  const changed = edits.filter((one) => applyEdit(one, scope)).map((one) => one.path);
  return [...new Set(changed)];
}

function applyEdit(one: ScriptEdit, scope: EditScope): boolean {
  const file = resolveInside(one.path, scope);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const after = editedText(one, before);
  if (after === before) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, after);
  return true;
}

function editedText(one: ScriptEdit, before: string | null): string {
  if ('write' in one) return one.write;
  if (before === null) throw new Error(`${one.path} doesn't exist, so it can't be edited`);
  if ('append' in one) return before.includes(one.append) ? before : before + one.append;
  const found = before.includes(one.find);
  // Done already: the text is gone and its replacement there, or the replacement holds the text and is there.
  const done = one.replace !== '' && before.includes(one.replace) && (!found || one.replace.includes(one.find));
  if (done) return before;
  if (!found) throw new Error(`${one.path} is not as expected: "${firstLine(one.find)}" isn't in it`);
  return before.replace(one.find, () => one.replace);
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** The absolute path of an edit. Symbolic links in the checkout are resolved, so that they can't lead out of it. */
function resolveInside(relative: string, scope: EditScope): string {
  const root = realpathSync(scope.workspace);
  const file = path.resolve(root, relative);
  let existing = file;
  while (!existsSync(existing)) existing = path.dirname(existing);
  const real = realpathSync(existing);
  const inside = real === root || real.startsWith(root + path.sep);
  const normal = path.relative(root, file).split(path.sep).join('/');
  if (!inside || path.isAbsolute(relative) || normal.startsWith('..') || /^\.git(\/|$)/.test(normal)) {
    throw new Error(`${relative} is outside the checkout`);
  }
  const forbidden = scope.doNotTouch.find((pattern) => matchesPath(normal, pattern));
  if (forbidden) throw new Error(`${relative} is on the do-not-touch list ("${forbidden}")`);
  return file;
}

/** A pattern is a path, a folder (`db` or `db/`, with everything in it) or a glob. */
export function matchesPath(file: string, pattern: string): boolean {
  const folder = pattern.replace(/^\.?\//, '').replace(/\/+$/, '');
  if (folder === '') return false;
  return file === folder || file.startsWith(`${folder}/`) || path.matchesGlob(file, folder);
}
