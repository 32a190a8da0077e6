import { describe, expect, it } from 'vitest';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import { asks, blockedBy, describeGate, openRules } from '../../src/pipeline/gate.ts';
import {
  about,
  approval,
  document,
  entry,
  erin,
  finished,
  gateLines,
  NOW,
  pull,
  state,
  theFeature,
} from './fixture.ts';
import { VOCABULARY } from './vocabulary.ts';

const stageWith = (gate: string, jobs = '[]') =>
  parsePipeline(
    `name: p\nstages:\n  a: { column: Incoming, jobs: ${jobs}, gate: ${gate} }\n  b: { column: Deployed }`,
    'p.yml',
    VOCABULARY,
  ).stages[0]!;
const TIER = '{ tier_is_not: { tiers: [T1] } }';
const DELEGATE = '{ approved_by: { role: engineer, of: spec, after_others: true } }';

describe('the tree of a gate', () => {
  it('says the work of the stage first and then the rules, in the order of the file', () => {
    const stage = theFeature().stages.find((entry) => entry.id === 'preview')!;
    const log = [...finished('review-diff'), entry('failed', { job: 'provision-preview', note: 'port taken' })];
    expect(
      gateLines(stage, state({ stage: 'preview', facts: { pr: pull('abcdef0123') }, log })),
    ).toMatchInlineSnapshot(`
      [
        "✓ review-diff has finished: done",
        "✗ provision-preview has finished: port taken",
        "✗ ping-reviewer has finished: it is at work [work]",
        "? the checks are green on the head commit: the checks of this commit were not read yet [world]",
        "? the diff stays within the spec: the diff of this commit was not read yet [work]",
        "✗ a preview of the head commit is up: it is being built [world]",
        "✗ the pull request is approved by a reviewer: nobody has decided yet [reviewer]",
      ]
    `);
  });

  it('shows a watch only when it has failed', () => {
    const stage = stageWith('{}', '[watch-checks]');
    expect(gateLines(stage, state({ stage: 'a' }))).toEqual([]);
    const log = [entry('failed', { job: 'watch-checks', note: 'GitHub says no' })];
    expect(gateLines(stage, state({ stage: 'a', log }))).toEqual(['✗ watch-checks has finished: GitHub says no']);
  });

  it.each([
    ['{}', 'met'],
    ['{ all: [] }', 'met'],
    ['{ any: [] }', 'met'],
    [`{ all: [${TIER}, checks_green] }`, 'unknown'],
    [`{ any: [${TIER}, checks_green] }`, 'met'],
    [`{ not: ${TIER} }`, 'not_met'],
    ['{ not: checks_green }', 'unknown'],
    ['{ not: { all: [checks_green, preview_ready] } }', 'unknown'],
    ['{ any: [pull_request: { state: merged }, preview_ready] }', 'not_met'],
  ])('%s is %s', (gate, status) => {
    expect(describeGate(stageWith(gate), state({ stage: 'a', facts: { tier: 'T3' } }), NOW).status).toBe(status);
  });

  it('unknown is never met by turning it around', () => {
    expect(gateLines(stageWith(`{ not: ${TIER} }`), state({ stage: 'a' }))).toEqual([
      '? not: the service tier is not T1: the tier of the service is not in the catalog',
    ]);
  });
});

describe('rules that are asked after the others', () => {
  const gate = (tier: string, log = finished('score')) =>
    describeGate(
      stageWith(`{ all: [${DELEGATE}, ${TIER}] }`, '[score]'),
      state({ stage: 'a', facts: { spec: document('s1'), tier }, log }),
      NOW,
    );

  it('are offered when the others hold, wherever they stand in the list', () => {
    expect(asks(gate('T3'))).toHaveLength(1);
    expect(asks(gate('T1'))).toHaveLength(0);
    expect(asks(gate('T3', []))).toHaveLength(0);
  });

  it('take their approval back when another rule fails again', () => {
    const log = [...finished('score'), approval(erin, 'spec', 's1')];
    expect(gate('T3', log).status).toBe('met');
    expect(openRules(gate('T1', log)).map((rule) => rule.name)).toEqual([
      'the tech spec is approved by an engineer',
      'the service tier is not T1',
    ]);
  });
});

describe('what blocks', () => {
  const blocked = (
    gate: string,
    facts: Record<string, unknown>,
    given: { jobs?: string; log?: ReturnType<typeof finished> } = {},
  ) => {
    const stage = stageWith(gate, given.jobs);
    const at = state({ stage: 'a', facts, log: given.log ?? [] });
    return blockedBy(stage, describeGate(stage, at, NOW), at.log).map((rule) => rule.name);
  };
  const watching = { jobs: '[watch-checks]' };

  it('is a rule that nobody is asked about and nothing is at work on', () => {
    expect(blocked(TIER, { tier: 'T1' })).toEqual(['the service tier is not T1']);
    expect(blocked(TIER, { tier: 'T3' })).toEqual([]);
  });

  it('is not a rule while a job or a watch is under way', () => {
    expect(blocked('preview_ready', { pr: pull('h1') }, watching)).toEqual([]);
    expect(blocked('preview_ready', { pr: pull('h1') }, { ...watching, log: finished('watch-checks') })).toEqual([
      'a preview of the head commit is up',
    ]);
  });

  it('is not one way of several while another is open', () => {
    const gate = `{ any: [${TIER}, preview_ready] }`;
    expect(blocked(gate, { tier: 'T1', pr: pull('h1') }, watching)).toEqual([]);
    expect(
      blocked(gate, { tier: 'T1', pr: pull('h1'), preview: about('h1', { state: 'failed', because: 'no' }) }, watching),
    ).toHaveLength(2);
  });

  it('is not a question to a person', () => {
    const gate = `{ all: [preview_ready, { approved_by: { role: engineer, of: spec } }] }`;
    expect(blocked(gate, { pr: pull('h1'), spec: document('s1') })).toEqual([]);
    expect(blocked(gate, { pr: pull('h1'), spec: document('s1') }, { log: [approval(erin, 'spec', 's1')] })).toEqual([
      'a preview of the head commit is up',
    ]);
  });

  it('is found where each rule waits for the other', () => {
    expect(blocked(`{ any: [${TIER}, ${DELEGATE}] }`, { tier: 'T1', spec: document('s1') })).toHaveLength(2);
  });
});
