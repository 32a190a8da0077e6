import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle, type Scenario } from '@cucumber/messages';

/** One acceptance criterion: a scenario with at least one When and one Then. */
export interface Criterion {
  /** `AC-1` …, by position. */
  id: string;
  title: string;
  steps: { keyword: string; text: string }[];
}

export interface Criteria {
  criteria: Criterion[];
  /** Sentences with the line in the text; empty when everything parses. */
  problems: string[];
}

/**
 * Reads acceptance criteria in Gherkin, without the `Feature:` line. A misspelt or lower-case step is taken for a
 * description by the parser, without an error, so each scenario must have an action and an outcome.
 */
export function parseCriteria(text: string): Criteria {
  if (text.trim() === '') return { criteria: [], problems: [] };
  const newId = IdGenerator.incrementing();
  // The parser needs a feature; ours is one line, which is taken off the line numbers again.
  const offset = /^\s*Feature:/m.test(text) ? 0 : 1;
  const source = offset === 1 ? `Feature: acceptance\n${text}` : text;
  try {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());
    const parsed = parser.parse(source);
    const scenarios = (parsed.feature?.children ?? []).flatMap((child) =>
      child.scenario ? [child.scenario] : (child.rule?.children ?? []).flatMap((one) => one.scenario ?? []),
    );
    if (scenarios.length === 0) return { criteria: [], problems: ['There is no "Scenario:" line.'] };
    const pickles = compile(parsed, 'criteria', newId);
    return {
      criteria: scenarios.map(asCriterion),
      problems: scenarios.flatMap((scenario) => problemsOf(scenario, pickles, offset)),
    };
  } catch (error) {
    return { criteria: [], problems: parserProblems(error, offset) };
  }
}

function asCriterion(scenario: Scenario, index: number): Criterion {
  return {
    id: `AC-${index + 1}`,
    title: scenario.name,
    steps: scenario.steps.map((step) => ({ keyword: step.keyword.trim(), text: step.text })),
  };
}

function problemsOf(scenario: Scenario, pickles: readonly Pickle[], offset: number): string[] {
  const where = `Line ${scenario.location.line - offset}, "${scenario.name || 'a scenario without a name'}"`;
  const mine = pickles.filter((pickle) => pickle.astNodeIds.includes(scenario.id));
  const types = mine.flatMap((pickle) => pickle.steps.map((step) => String(step.type)));
  const problems: string[] = [];
  if (scenario.name.trim() === '') problems.push(`${where}: give the scenario a name.`);
  const rows = scenario.examples.reduce((sum, table) => sum + table.tableBody.length, 0);
  if (/Outline|Template/.test(scenario.keyword) && rows === 0) problems.push(`${where}: there are no examples.`);
  else if (!types.includes('Action')) problems.push(`${where}: there is no step that begins with "When".`);
  else if (!types.includes('Outcome')) problems.push(`${where}: there is no step that begins with "Then".`);
  return problems;
}

function parserProblems(error: unknown, offset: number): string[] {
  const errors = (error as { errors?: unknown[] }).errors ?? [error];
  return (errors as { message: string; location?: { line: number } }[]).map(({ message, location }) => {
    const got = /got '(.*)'$/.exec(message)?.[1];
    const words = got ? `"${got}" is not a step: begin it with Given, When, Then, And or But.` : message;
    return location ? `Line ${Math.max(1, location.line - offset)}: ${words}` : words;
  });
}

const STEP = /^\s*(?:[-*]\s+)?(given|when|then|and|but)\b[:,]?\s+(.+?)\s*$/i;
const SCENARIO = /^\s*(?:#+\s*|[-*]\s+|\*\*)?(scenario(?: outline)?|example)\s*:\s*(.+?)(?:\*\*)?\s*$/i;
const SENTENCE = /\bgiven\s+([^\n]+?)[,;]?\s+when\s+([^\n]+?)[,;]?\s+then\s+([^\n]+?)(?=\.\s|\.?$)/gim;

/**
 * The criteria that a ticket already holds, in its own words: scenarios, or steps without a scenario line, or
 * "Given …, when …, then …" in one sentence. Nothing is added; a scenario without a name takes its outcome as name.
 */
export function criteriaOfTicket(text: string): string {
  const scenarios: { name: string; steps: [string, string][] }[] = [];
  let open: (typeof scenarios)[number] | null = null;
  for (const line of text.split(/\r?\n/)) {
    const sentences = [...line.matchAll(SENTENCE)];
    const heading = SCENARIO.exec(line);
    const step = STEP.exec(line);
    if (sentences.length > 0) {
      for (const [, given, when, then] of sentences) {
        const steps: [string, string][] = [
          ['Given', given!],
          ['When', when!],
          ['Then', then!],
        ];
        if (open && open.steps.length === 0) open.steps = steps;
        else scenarios.push({ name: '', steps });
      }
      open = null;
    } else if (heading) {
      open = { name: heading[2]!, steps: [] };
      scenarios.push(open);
    } else if (step) {
      const keyword = capitalised(step[1]!);
      const begins = keyword === 'Given' || (keyword === 'When' && open?.steps.some(([word]) => word === 'Then'));
      if (!open || (begins && open.steps.some(([word]) => word === 'Then'))) {
        if (keyword === 'And' || keyword === 'But') continue;
        open = { name: '', steps: [] };
        scenarios.push(open);
      }
      open.steps.push([keyword, step[2]!]);
    } else if (line.trim() !== '' && open && open.steps.length > 0) {
      open = null;
    }
  }
  return scenarios
    .filter(({ steps }) => steps.some(([word]) => word === 'When') && steps.some(([word]) => word === 'Then'))
    .map(({ name, steps }) => {
      const outcome = steps.find(([word]) => word === 'Then')?.[1] ?? '';
      return [`Scenario: ${name || outcome}`, ...steps.map(([word, words]) => `  ${word} ${words}`)].join('\n');
    })
    .join('\n\n');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
