import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleRepos, sampleTickets } from '../../sim/sample/index.ts';
import { blastRadius } from '../../src/catalog/blast-radius.ts';
import { findService } from '../../src/catalog/find-service.ts';
import { buildCatalog, CatalogError, loadCatalog } from '../../src/catalog/index.ts';

const acme = loadCatalog(path.join(import.meta.dirname, '../../config/catalog'));

/** A component in one line: `name tier: what it needs`; `!leaf` marks a leaf, `-` no tier. */
function component(line: string): string {
  const [, name, tier, rest = ''] = line.match(/^(\S+) ([^\s:]+):?(.*)$/)!;
  const words = rest.trim().split(' ').filter(Boolean);
  const needs = words.filter((word) => !word.startsWith('!')).map((word) => `component:${word}`);
  const label = tier === '-' ? '' : `  labels: { lockstep.dev/tier: ${tier} }\n`;
  const leaf = words.includes('!leaf') ? '  annotations: { lockstep.dev/leaf: "true" }\n' : '';
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
${label}${leaf}spec: { type: service, lifecycle: production, owner: user:rosa, dependsOn: [${needs.join(', ')}] }
`;
}

const person = `apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: rosa }
spec: { memberOf: [] }
`;

function catalogOf(...lines: string[]) {
  return buildCatalog([{ file: 'a.yaml', text: [person, ...lines.map(component)].join('---\n') }]);
}

function problemsOf(text: string): string[] {
  try {
    buildCatalog([{ file: 'a.yaml', text }]);
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
  return [];
}

describe('the catalog of Acme', () => {
  test('has its services, and no warnings', () => {
    expect(acme.warnings).toEqual([]);
    expect(acme.services.length).toBeGreaterThanOrEqual(10);
    expect(new Set(acme.services.map((one) => one.tier))).toEqual(new Set(['T1', 'T2', 'T3']));
    for (const { repo, onCall, team, slackChannel } of acme.services) {
      expect([repo, onCall, team, slackChannel]).not.toContain(null);
    }
  });

  test.each([
    ['storefront', 'low'],
    ['newsletter', 'low'],
    ['ledger', 'high'],
    ['checkout', 'high'],
    ['legacy-reports', 'unassessed'],
  ])('%s has the blast radius %s', (name, level) => {
    expect(blastRadius(acme, name).level).toBe(level);
  });

  test.each(sampleRepos)('$owner/$name says the same of itself as the catalog does', ({ dir, name }) => {
    const text = readFileSync(path.join(dir, 'catalog-info.yaml'), 'utf8');
    const [own] = buildCatalog([{ file: 'catalog-info.yaml', text }]).services;
    const central = acme.services.find((one) => one.name === name);
    for (const field of ['title', 'tier', 'owner', 'repo', 'slackChannel', 'onCall', 'soakSeconds'] as const) {
      expect(own?.[field], field).toEqual(central?.[field]);
    }
  });

  test('a service in full', () => {
    const { annotations, ...storefront } = acme.services.find((one) => one.name === 'storefront')!;
    expect(annotations['lockstep.dev/adr-path']).toBe('docs/adr');
    expect(storefront).toMatchObject({
      title: 'Storefront',
      tier: 'T3',
      owner: 'group:web',
      team: 'Web team',
      system: 'shop',
      repo: 'acme/storefront',
      slackChannel: 'team-web',
      onCall: 'rosa',
      soakSeconds: 5,
      dependsOn: ['checkout', 'pricing-engine', 'product-catalog', 'search-index'],
      dependants: ['lookbook'],
    });
    expect(storefront.file).toMatch(/^catalog\/shop\.yaml:\d+$/);
  });

  test('no sample ticket is taken for another service than its own', () => {
    for (const { title, description, service } of sampleTickets) {
      const found = findService(acme, `${title}\n${description}`);
      if ('service' in found) expect(found.service.name).toBe(service);
    }
  });
});

describe('what is wrong is said with file, line and the allowed words', () => {
  const good = component('cart T3: !leaf');
  test.each([
    [
      'an unknown kind',
      good.replace('Component', 'Komponent'),
      /^a\.yaml:2: "kind" can't be "Komponent"; allowed: API, Component, /,
    ],
    [
      'another version',
      good.replace('v1alpha1', 'v9'),
      /^a\.yaml:1: "apiVersion" can't be "backstage.io\/v9"; allowed: backstage\.io\/v1alpha1/,
    ],
    ['a tier that is none', good.replace('T3', 'gold'), /^a\.yaml:5: "gold" is not a tier; allowed: T1, T2, T3/],
    [
      'a name with a space',
      good.replace('name: cart', 'name: my cart'),
      /^a\.yaml:4: the name "my cart" must be 1 to 63 letters/,
    ],
    ['a name that ends in a dash', good.replace('name: cart', 'name: cart-'), /^a\.yaml:4: the name "cart-"/],
    ['a missing owner', good.replace('owner: user:rosa, ', ''), /^a\.yaml:7: "spec\.owner" is missing/],
    ['no metadata', good.replace(/metadata:[\s\S]*spec/, 'spec'), /^a\.yaml:1: "metadata" is missing/],
    [
      'a mistyped key',
      good.replace('dependsOn', 'dependOn'),
      /^a\.yaml:7: there is no key "dependOn", did you mean "dependsOn"\? Allowed: type, /,
    ],
    [
      'a dependency without a kind',
      good.replace('dependsOn: []', 'dependsOn: [ledger]'),
      /^a\.yaml:7: "ledger" in "dependsOn" needs a kind: write component:ledger, /,
    ],
    [
      'an unknown kind of reference',
      good.replace('dependsOn: []', 'dependsOn: [thing:x]'),
      /^a\.yaml:7: "thing" is not a kind; allowed: api, component/,
    ],
    [
      'a list that is none',
      good.replace('dependsOn: []', 'dependsOn: component:x'),
      /^a\.yaml:7: "dependsOn" must be a list/,
    ],
    [
      'a soak time in words',
      good.replace('leaf: "true"', 'soak: a while'),
      /^a\.yaml:6: lockstep\.dev\/soak: "a while" must be a time like 5s/,
    ],
    ['a leaf that is neither', good.replace('"true"', '"maybe"'), /allowed: "true", "false"/],
    [
      'an annotation that is no text',
      good.replace('"true"', 'true'),
      /^a\.yaml:6: "metadata\.annotations\.lockstep\.dev\/leaf" must be a text/,
    ],
    ['a document that is a list', '- one\n- two\n', /^a\.yaml:1: a catalog document must hold keys and values/],
    ['broken YAML', 'kind: [Component\nmetadata: x', /^a\.yaml:\d+: this is not valid YAML: /],
    [
      'a link that runs code',
      good.replace('spec:', '  links: [{ url: "javascript:alert(1)" }]\nspec:'),
      /is not a web address/,
    ],
  ])('%s', (_what, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  test('all problems of all files come in one error', () => {
    const bad = component('a b: ').replace('type: service, ', '');
    const build = () =>
      buildCatalog([
        { file: 'x.yaml', text: bad },
        { file: 'y.yaml', text: 'kind: 1' },
      ]);
    expect(build).toThrow(/x\.yaml:5: "b" is not a tier[\s\S]*y\.yaml:1: /);
  });

  test('the second document of a file has its own lines', () => {
    expect(problemsOf(`${good}---\n${good.replace('T3', 'T9')}`)).toEqual([
      'a.yaml:13: "T9" is not a tier; allowed: T1, T2, T3',
    ]);
  });

  test('an alias bomb is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`),
    ];
    expect(problemsOf(bomb.join('\n'))[0]).toMatch(/alias/i);
  });

  test('a folder that does not exist', () => {
    expect(() => loadCatalog('/no/such/folder')).toThrow('there is no catalog folder at /no/such/folder');
  });
});

test('duplicates and dangling references are warnings with a hint', () => {
  const catalog = catalogOf('ledger T1: !leaf', 'ledger T2: !leaf', 'shop T3: ledgr');
  expect(catalog.warnings).toEqual([
    'a.yaml:14: component:ledger is already at a.yaml:6; this one is ignored',
    'a.yaml:22: "dependsOn" of shop names component:ledgr, which is not in the catalog, did you mean component:ledger?',
  ]);
  expect(catalog.services.map((one) => [one.name, one.tier])).toEqual([
    ['ledger', 'T1'],
    ['shop', 'T3'],
  ]);
});

test('further folders add services; one that is missing adds none', () => {
  const more = mkdtempSync(path.join(tmpdir(), 'lockstep-catalog-'));
  writeFileSync(path.join(more, 'mine.yml'), [person, component('mine T2: storefront')].join('---\n'));
  const catalog = loadCatalog(path.join(import.meta.dirname, '../../config/catalog'), more, '/no/such/folder');
  rmSync(more, { recursive: true });
  expect(catalog.services.length).toBe(acme.services.length + 1);
  expect(blastRadius(catalog, 'storefront')).toMatchObject({ level: 'medium', score: 3 });
});

describe('blast radius', () => {
  const t3s = (count: number) => Array.from({ length: count }, (_, index) => `c${index} T3: a`);
  test.each([
    ['a leaf', ['a T3: !leaf'], 'low', 0],
    ['what needs something is no proof of a leaf, but declared', ['a T3: b', 'b T3: !leaf'], 'low', 0],
    ['a T2 that needs it', ['a T3: !leaf', 'b T2: a'], 'low', 2],
    ['halved with each step', ['a T3: !leaf', 'b T2: a', 'c T2: b', 'd T3: c'], 'medium', 3.25],
    ['three T3: exactly 3', ['a T3: !leaf', ...t3s(3)], 'medium', 3],
    ['eight T3: exactly 8', ['a T3: !leaf', ...t3s(8)], 'medium', 8],
    ['nine T3', ['a T3: !leaf', ...t3s(9)], 'high', 9],
    ['a T1 that needs it directly', ['a T3: !leaf', 'b T1: a'], 'high', 5],
    ['a T1 two steps away', ['a T3: !leaf', 'b T3: a', 'c T1: b'], 'medium', 3.5],
    ['T1 itself, needed by nobody', ['a T1: !leaf'], 'medium', 5],
    ['a circle', ['a T3: b', 'b T3: a'], 'low', 1],
    ['a diamond counts once, by the shortest way', ['a T3: !leaf', 'b T3: a', 'c T3: a', 'd T3: b c a'], 'medium', 3],
    ['no edges and no word of a leaf', ['a T3:'], 'unassessed', 0],
    ['not in the catalog', ['b T3: !leaf'], 'unassessed', 0],
    ['a reference of its own that dangles', ['a T3: nothing-like-it'], 'unassessed', 0],
    ['a reference that may mean it', ['checkout T3: !leaf', 'a T3: !leaf', 'b T3: aa'], 'unassessed', 0],
    ['no tier', ['a -: !leaf'], 'unassessed', 0],
    ['needed by one without a tier', ['a T3: !leaf', 'b -: a'], 'unassessed', 0],
    ['twice in the catalog', ['a T3: !leaf', 'a T3: !leaf'], 'unassessed', 0],
    ['needed by one that is there twice', ['a T3: !leaf', 'b T3: a', 'b T1: !leaf'], 'unassessed', 0],
  ])('%s', (_what, lines, level, score) => {
    const radius = blastRadius(catalogOf(...lines), 'a');
    expect([radius.level, radius.score]).toEqual([level, score]);
    expect(radius.because).toMatch(/^\S.*\.$/);
  });

  test('touching stored data weighs half as much again', () => {
    const catalog = catalogOf('a T3: !leaf', 'b T2: a');
    expect(blastRadius(catalog, 'a', { touchesData: true })).toMatchObject({ level: 'medium', score: 3 });
  });

  test('names the paths, nearest first', () => {
    const radius = blastRadius(catalogOf('a T3: !leaf', 'c T3: b', 'b T2: a'), 'a');
    expect(radius.impacted.map((one) => one.path)).toEqual([
      ['b', 'a'],
      ['c', 'b', 'a'],
    ]);
    expect(radius.because).toBe('Needed by b → a (T2), c → b → a (T3). Score 2.5.');
  });

  test('the sentence for a T1 service says why it is high', () => {
    expect(blastRadius(acme, 'ledger').because).toMatchInlineSnapshot(
      `"Needed by checkout → ledger (T1), payment-gateway → ledger (T1), refund-desk → ledger (T2), shipping-labels → checkout → ledger (T3), order-tracker → checkout → ledger (T3) and 2 more. Score 18.75: checkout, payment-gateway are T1 and need it directly; it is T1 itself."`,
    );
  });

  test('consumers and providers are joined through their API; a whole needs its parts', () => {
    const text = [
      person,
      component('a T3: !leaf').replace('dependsOn: []', 'providesApis: [a-api]'),
      component('b T2: !leaf').replace('dependsOn: []', 'consumesApis: [api:a-api]'),
      component('whole T3: !leaf'),
      component('part T3: !leaf').replace('dependsOn: []', 'subcomponentOf: whole'),
      'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: a-api }\nspec: { type: openapi, lifecycle: production, owner: user:rosa }\n',
    ].join('---\n');
    const catalog = buildCatalog([{ file: 'a.yaml', text }]);
    expect(catalog.warnings).toEqual([]);
    expect(blastRadius(catalog, 'a').impacted).toEqual([{ name: 'b', tier: 'T2', path: ['b', 'a'] }]);
    expect(blastRadius(catalog, 'part').impacted.map((one) => one.name)).toEqual(['whole']);
    expect(blastRadius(catalog, 'whole').impacted).toEqual([]);
  });
});

describe('finding the service that a text is about', () => {
  test.each([
    ['Search in the storefront is broken', 'storefront'],
    ['STOREFRONT: banner', 'storefront'],
    ['The ledger’s page', 'ledger'],
    ['The product catalog shows old texts.', 'product-catalog'],
    ['product-catalog shows old texts.', 'product-catalog'],
    ['See acme/newsletter', 'newsletter'],
    ['storefront, storefront and storefront', 'storefront'],
  ])('%j is about %s', (text, name) => {
    expect(findService(acme, text)).toMatchObject({ service: { name } });
  });

  test.each([
    ['Make it nicer', []],
    ['storefronts of others', ['storefront']],
    ['https://storefront.example.com is slow', ['storefront']],
    ['src/ledger.js has a typo', ['ledger']],
    ['my-ledger', ['ledger']],
    ['Storefront should call the ledger', ['ledger', 'storefront']],
    ['The catalog is slow', ['product-catalog']],
    ['', []],
  ])('%j is a question', (text, names) => {
    const found = findService(acme, text);
    expect('candidates' in found && found.candidates.map((one) => one.name)).toEqual(names);
    expect(found.why).not.toBe('');
  });

  test('a longer name wins over one inside it', () => {
    const catalog = catalogOf('checkout T1: !leaf', 'checkout-worker T3: checkout');
    expect(findService(catalog, 'the checkout worker hangs')).toMatchObject({ service: { name: 'checkout-worker' } });
    expect(findService(catalog, 'checkout hangs')).toMatchObject({ service: { name: 'checkout' } });
  });
});
