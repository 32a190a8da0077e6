import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { files } from '../../docs/screenshots/names.ts';
import { sampleTickets } from '../../sim/sample/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

it('every variable and every key of lockstep.yml is in the guide', () => {
  const source = read('src/config.ts');
  const guide = read('docs/configuration.md');
  const keysOf = (start: RegExp): string[] => {
    const body = start.exec(source)?.[1] ?? '';
    return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!);
  };
  const variables = keysOf(/const Environment = z\.object\(\{\n([\s\S]*?)\n\}\);/);
  const settings = keysOf(/const Settings = z\.strictObject\(\{\n([\s\S]*?)\n\}\);/);
  const model = keysOf(/const Model = z\.strictObject\(\{\n([\s\S]*?)\n\}\);/).map((name) => `model.${name}`);
  const milestone = keysOf(/const Milestone = z\.strictObject\(\{\n([\s\S]*?)\n\}\);/).map(
    (name) => `milestone.${name}`,
  );
  expect(variables.length * settings.length * model.length).toBeGreaterThan(100);
  // The PATH is the machine's; FAIL_AT is for tests.
  const wanted = [...variables, ...settings, ...model, ...milestone].filter(
    (name) => !['PATH', 'FAIL_AT', 'model', 'milestone'].includes(name),
  );
  expect(wanted.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

it('the other tickets that README names are among the samples', () => {
  const rows = [...read('README.md').matchAll(/^\| ([A-Z][^|]+) \| (storefront|ledger|newsletter) \|/gm)];
  expect(rows.length).toBeGreaterThan(3);
  for (const [, title, service] of rows) {
    expect(sampleTickets.map((one) => [one.title, one.service])).toContainEqual([title, service]);
  }
});

it('every link in README and the guides leads somewhere', () => {
  const files = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const broken = files.flatMap((file) => {
    const text = read(file);
    return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link]) => resolve(join(ROOT, file), '..', link!))
      .filter((path) => !readable(path))
      .map((path) => `${file}: ${path}`);
  });
  expect(broken).toEqual([]);
});

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}

it('every surface has its pictures, and there is none of what is gone', () => {
  const taken = readdirSync(join(ROOT, 'docs/screenshots')).filter((name) => name.endsWith('.png'));
  expect(taken.toSorted()).toEqual(files().toSorted());
});
