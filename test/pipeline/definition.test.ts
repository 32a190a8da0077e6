import { describe, expect, it } from 'vitest';
import { PipelineError, parsePipeline } from '../../src/pipeline/definition.ts';
import { humanRules } from '../../src/pipeline/rules/approved-by.ts';
import { FEATURE_TEXT, feature, VOCABULARY } from './vocabulary.ts';

const errorsOf = (text: string): readonly string[] => {
  try {
    parsePipeline(text, 'p.yml', VOCABULARY);
  } catch (error) {
    if (error instanceof PipelineError) return error.errors;
    throw error;
  }
  return [];
};

/** A right pipeline of two stages whose first one (on line 3) has these parts. */
const withStage = (parts: string, rest = ''): string =>
  `name: p\nstages:\n  a: { column: Incoming, ${parts} }\n  b: { column: Deployed }\n${rest}`;

const RULES =
  'all, any, not, fact_known, document_written, approved_by, tier_is_not, blast_radius_at_most, no_active_incident, ' +
  'priority_is_not, criteria_present, blocked_by_done, pull_request, checks_green, diff_within_spec, preview_ready, deployed, soaked, ' +
  'deploy_checks_pass, production_healthy';
const JOBS = Object.keys(VOCABULARY.jobs).join(', ');
const KEYS = 'label, column, jobs, gate, next, reject, failure, answer, rollback, mark';
const COLUMNS = 'Incoming, Planning, For review, Ready to Delegate, In Development, Preview, Deployed';

describe('feature.yml', () => {
  it('has its fifteen stages in order, each with its column', () => {
    expect(feature().stages.map((stage) => `${stage.id} (${stage.column})`)).toMatchInlineSnapshot(`
      [
        "incoming (Incoming)",
        "enriched (Incoming)",
        "prd_draft (Planning)",
        "prd_ready (For review)",
        "spec_draft (Planning)",
        "spec_ready (For review)",
        "ready (Ready to Delegate)",
        "in_development (In Development)",
        "preview (Preview)",
        "merging (Preview)",
        "staging (Preview)",
        "release (Preview)",
        "deploying (Preview)",
        "deployed (Deployed)",
        "completed (Deployed)",
      ]
    `);
  });

  it('says who decides where, about what', () => {
    const gates = feature().stages.flatMap((stage) =>
      humanRules(stage.gate).map(({ role, of, verb, not }) => [stage.id, verb, role, of, not.join()].join(' ').trim()),
    );
    expect(gates).toMatchInlineSnapshot(`
      [
        "prd_ready approve product_manager prd",
        "spec_ready approve engineer spec requester",
        "ready delegate engineer spec",
        "preview approve reviewer head requester",
        "release deploy release_manager merge",
      ]
    `);
  });

  it('knows which jobs go on until the visit ends and which are ordered again for a new head', () => {
    const jobs = feature().stages.flatMap((stage) => stage.jobs.map((job) => ({ stage: stage.id, ...job })));
    expect(jobs.filter((job) => job.watch).map((job) => `${job.stage} ${job.name}`)).toEqual([
      'in_development poll-agent',
      'preview watch-checks',
      'staging watch-deploy',
      'deploying watch-deploy',
      'deployed watch-deploy',
    ]);
    expect(jobs.filter((job) => job.perHead).map((job) => job.name)).toEqual([
      'review-diff',
      'provision-preview',
      'ping-reviewer',
    ]);
    expect(jobs.find((job) => job.stage === 'deployed')?.params).toEqual({ environment: 'production', minutes: 30 });
  });

  it('leads every other way where the file says', () => {
    const paths = feature().stages.flatMap(({ id, reject, failure, answer, rollback, mark }) =>
      Object.entries({ reject, failure, answer, rollback, mark }).flatMap(([path, to]) =>
        to ? [`${id} ${path} ${to}`] : [],
      ),
    );
    expect(paths).toMatchInlineSnapshot(`
      [
        "enriched answer incoming",
        "prd_ready reject prd_draft",
        "spec_ready reject spec_draft",
        "ready reject spec_draft",
        "ready mark ready",
        "preview reject in_development",
        "merging failure preview",
        "deploying failure release",
        "deployed rollback release",
        "deployed mark deployed",
        "completed rollback release",
      ]
    `);
  });

  it('may be rearranged without code: a stage renamed, one left out, other numbers', () => {
    const changed = FEATURE_TEXT.replace('prd_ready:', 'sign_off:')
      .replace(/ {2}spec_(draft|ready):.*\n/g, '')
      .replaceAll('reject: spec_draft', 'reject: prd_draft')
      .replace(/ {2}spec_signed_off:.*\n/, '')
      .replace('minutes: 10', 'minutes: 45');
    const definition = parsePipeline(changed, 'feature.yml', VOCABULARY);
    expect(definition.stages.map((stage) => stage.id).slice(2, 5)).toEqual(['prd_draft', 'sign_off', 'ready']);
  });
});

describe('a mistake is told with its line and the allowed words', () => {
  const cases: [what: string, text: string, errors: string[]][] = [
    [
      'a top key',
      `${withStage('gate: {}')}steps: {}\n`,
      ['p.yml:5: unknown key "steps" (allowed: name, label, allow, stages, gates)'],
    ],
    ['a stage key', withStage('gates: {}'), [`p.yml:3: stage "a" has the unknown key "gates" (allowed: ${KEYS})`]],
    [
      'a job',
      withStage('jobs: [enrich, polish]'),
      [`p.yml:3: stage "a" orders the unknown job "polish" (allowed: ${JOBS})`],
    ],
    [
      'a job with a name that every object has',
      withStage('jobs: [constructor]'),
      [`p.yml:3: stage "a" orders the unknown job "constructor" (allowed: ${JOBS})`],
    ],
    [
      'parameters of a job',
      withStage('jobs: [{ deploy: { environment: moon } }]'),
      ['p.yml:3: job "deploy" of stage "a": Invalid option: expected one of "staging"|"production"'],
    ],
    [
      'two jobs in one place',
      withStage('jobs: [{ enrich: {}, score: {} }]'),
      ['p.yml:3: a job has one key; give "score" its own place in the list'],
    ],
    ['a job twice', withStage('jobs: [enrich, score, enrich]'), ['p.yml:3: stage "a" orders the job "enrich" twice']],
    ['jobs that are no list', withStage('jobs: enrich'), ['p.yml:3: jobs of stage "a" must be a list']],
    ['jobs without a value', withStage('jobs'), ['p.yml:3: jobs of stage "a" must be a list']],
    ['a rule', withStage('gate: checks_gren'), [`p.yml:3: unknown rule "checks_gren" (allowed: ${RULES})`]],
    [
      'a rule, where the file has gates of its own',
      withStage('gate: { all: [mine, your] }', 'gates: { mine: checks_green }\n'),
      [`p.yml:3: unknown rule "your" (allowed: ${RULES}, mine)`],
    ],
    ['a gate without a value', withStage('gate'), ['p.yml:3: the gate of stage "a" must be a map (key: value)']],
    [
      'two rules in one gate',
      withStage('gate: { checks_green: {}, preview_ready: {} }'),
      ['p.yml:3: a gate has one key; put "checks_green" and "preview_ready" under all: or any:'],
    ],
    [
      'parameters of a rule',
      withStage('gate: { approved_by: { role: engineer, of: prose, count: 0, votes: 2 } }'),
      [
        'p.yml:3: rule "approved_by": of: Invalid option: expected one of "prd"|"spec"|"head"|"merge"',
        'p.yml:3: rule "approved_by": count: Too small: expected number to be >=1',
        'p.yml:3: rule "approved_by": Unrecognized key: "votes" (allowed: role, of, count, not, verb, after_others)',
      ],
    ],
    [
      'parameters for a rule that takes none',
      withStage('gate: { checks_green: { all: yes } }'),
      ['p.yml:3: rule "checks_green": Unrecognized key: "all" (allowed: none)'],
    ],
    [
      'missing parameters',
      withStage('gate: tier_is_not'),
      ['p.yml:3: rule "tier_is_not": tiers: Invalid input: expected array, received undefined'],
    ],
    [
      'a role',
      withStage('gate: { approved_by: { role: wizard, of: prd } }'),
      [
        'p.yml:3: rule "approved_by" names the unknown role "wizard" (allowed: product_manager, engineer, reviewer, release_manager)',
      ],
    ],
    [
      'a role that may do things',
      withStage('gate: {}', 'allow: { cancel: [wizard] }\n'),
      [
        'p.yml:5: allow cancel names the unknown role "wizard" (allowed: requester, product_manager, engineer, reviewer, release_manager)',
      ],
    ],
    [
      'a thing that may be done',
      withStage('gate: {}', 'allow: { toString: [requester] }\n'),
      ['p.yml:5: allow has the unknown key "toString" (allowed: cancel, retry, answer, rollback)'],
    ],
    [
      'a column',
      'name: p\nstages:\n  a: { column: Somewhere }\n  b: { column: Deployed }\n',
      [`p.yml:3: column of stage "a" is "Somewhere" (allowed: ${COLUMNS})`],
    ],
    [
      'no column',
      'name: p\nstages:\n  a: {}\n  b: { column: Deployed }\n',
      [`p.yml:3: stage "a" names no column (allowed: ${COLUMNS})`],
    ],
    ['a path', withStage('reject: c'), ['p.yml:3: reject of stage "a" is "c" (allowed: a, b)']],
    ['a mark', withStage('mark: done'), ['p.yml:3: mark of stage "a" is "done" (allowed: ready, deployed)']],
    [
      'a stage id',
      'name: p\nstages:\n  A-1: { column: Incoming }\n  b: { column: Deployed }\n',
      ['p.yml:3: stage "A-1": use lower case, digits and _'],
    ],
    [
      'a gate that contains itself',
      withStage('gate: g', 'gates:\n  g: { all: [h] }\n  h: { any: [g] }\n'),
      ['p.yml:7: gate "g" contains itself'],
    ],
    [
      'a gate with the name of a rule',
      withStage('gate: checks_green', 'gates: { checks_green: preview_ready }\n'),
      ['p.yml:5: a gate cannot have the name of the rule "checks_green"'],
    ],
    [
      'a gate that nobody uses',
      withStage('gate: {}', 'gates: { g: preview_ready }\n'),
      ['p.yml:5: gate "g" is used by no stage'],
    ],
    [
      'a wrong gate that two stages use, once',
      'name: p\nstages:\n  a: { column: Incoming, gate: g }\n  b: { column: Preview, gate: g }\n  c: { column: Deployed }\ngates: { g: { soaked: { environment: staging, minutes: -1 } } }\n',
      ['p.yml:6: rule "soaked": minutes: Too small: expected number to be >0'],
    ],
    [
      'one click for two decisions',
      withStage(
        'gate: { all: [{ approved_by: { role: engineer, of: spec } }, { approved_by: { role: engineer, of: spec, verb: delegate } }] }',
      ),
      ['p.yml:3: the gate of stage "a" asks the role "engineer" about spec twice; one click would answer both'],
    ],
    [
      'a stage that cannot be reached',
      'name: p\nstages:\n  a: { column: Incoming, next: c }\n  b: { column: Preview }\n  c: { column: Deployed }\n',
      ['p.yml:4: stage "b" cannot be reached from the first stage'],
    ],
    [
      'a way without an end',
      'name: p\nstages:\n  a: { column: Incoming }\n  b: { column: Deployed, next: a }\n',
      ['p.yml:4: next of stage "b" leads back to "a", so the pipeline never ends'],
    ],
    [
      'a question that nobody may answer',
      withStage('gate: { fact_known: { fact: service } }, answer: a'),
      ['p.yml:3: stage "a" has answer:, but allow: names nobody under answer'],
    ],
    [
      'a rollback that nobody may order',
      withStage('rollback: a'),
      ['p.yml:3: stage "a" has rollback:, but allow: names nobody under rollback'],
    ],
    ['one stage', 'name: p\nstages:\n  a: { column: Deployed }\n', ['p.yml:1: a pipeline needs at least two stages']],
    [
      'stages without a value',
      'name: p\nstages:\n',
      ['p.yml:2: stages must be a map (key: value)', 'p.yml:1: a pipeline needs at least two stages'],
    ],
    ['no name', 'stages:\n  a: { column: Incoming }\n  b: { column: Deployed }\n', ['p.yml:1: name must be a word']],
    ['a label that is a number', withStage('label: 5'), ['p.yml:3: label must be a word']],
    ['a key twice', 'name: p\nname: q\nstages: {}\n', ['p.yml:2: Map keys must be unique']],
    ['a tab', 'name: p\nstages:\n\ta: { column: Incoming }\n', ['p.yml:3: Tabs are not allowed as indentation']],
    [
      'a second document',
      `${withStage('gate: {}')}---\nname: q\n`,
      ['p.yml:5: Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ],
  ];
  it.each(cases)('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  it('a fact that nobody writes', () => {
    const [error] = errorsOf(withStage('gate: { fact_known: { fact: sevice } }'));
    expect(error).toMatch(/^p\.yml:3: rule "fact_known": fact: Invalid option: expected one of "service"\|/);
  });

  it('several mistakes at once, each with its line', () => {
    const text = [
      'name: p',
      'colour: red',
      'allow: { cancel: [boss] }',
      'stages:',
      '  a: { column: Nowhere, jobs: [fly], gate: { approved_by: { role: king, of: prd } } }',
      '  b: { column: Deployed, reject: z }',
    ].join('\n');
    expect(errorsOf(text).map((error) => error.split(' (')[0])).toEqual([
      'p.yml:2: unknown key "colour"',
      'p.yml:5: column of stage "a" is "Nowhere"',
      'p.yml:5: stage "a" orders the unknown job "fly"',
      'p.yml:5: rule "approved_by" names the unknown role "king"',
      'p.yml:6: reject of stage "b" is "z"',
      'p.yml:3: allow cancel names the unknown role "boss"',
    ]);
  });
});

describe('a file that was written to do harm', () => {
  it('is refused for its aliases, wherever they stand', () => {
    expect(errorsOf(withStage('jobs: [{ deploy: &d { environment: staging } }], gate: *d'))).toEqual([
      'p.yml:3: the alias *d is not allowed; write it out',
    ]);
    const bomb = ['x0: &x0 [a, b]'];
    for (let i = 1; i < 30; i += 1) bomb.push(`x${i}: &x${i} [${Array(9).fill(`*x${i - 1}`)}]`);
    expect(errorsOf(bomb.join('\n'))[0]).toBe('p.yml:2: the alias *x0 is not allowed; write it out');
  });

  it('is refused for gates that unfold without end', () => {
    const gates = ['gates:', '  g0: checks_green'];
    for (let i = 1; i < 30; i += 1)
      gates.push(
        `  g${i}: { all: [${Array(9)
          .fill(`g${i - 1}`)
          .join(', ')}] }`,
      );
    expect(errorsOf(withStage('gate: g29', gates.join('\n'))).map((error) => error.replace(/^p.yml:\d+/, ''))).toEqual([
      ': the gate of stage "a" is deeper than 12',
      ': the gate of stage "a" has more than 200 parts',
    ]);
    expect(errorsOf(withStage('gate: g4', gates.slice(0, 6).join('\n')))).toEqual([
      expect.stringMatching(/^p\.yml:\d+: the gate of stage "a" has more than 200 parts$/),
    ]);
  });

  it('is refused for its depth, in one sentence', () => {
    expect(errorsOf(`name: ${'['.repeat(20_000)}`)).toEqual(['p.yml:1: the file is nested too deeply']);
    const gate = `${'{ not: '.repeat(300)}checks_green${' }'.repeat(300)}`;
    expect(errorsOf(withStage(`gate: ${gate}`))).toEqual(['p.yml:3: the gate of stage "a" is deeper than 12']);
  });

  it('is refused for its size', () => {
    expect(errorsOf(`name: p\n# ${'x'.repeat(300 * 1024)}`)).toEqual(['p.yml:1: the file is larger than 256 KB']);
  });
});
