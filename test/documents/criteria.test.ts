import { describe, expect, test } from 'vitest';
import { criteriaOfTicket, parseCriteria } from '../../src/documents/criteria.ts';

describe('parseCriteria', () => {
  test('each scenario is one criterion with an id, by position', () => {
    const { criteria, problems } = parseCriteria(
      'Scenario: Banner appears\n  Given a cart over $50\n  When I open the cart\n  Then I see "ships free"\n\nScenario: Small cart\n  When I open the cart\n  Then I see the limit',
    );
    expect(problems).toEqual([]);
    expect(criteria.map(({ id, title }) => [id, title])).toEqual([
      ['AC-1', 'Banner appears'],
      ['AC-2', 'Small cart'],
    ]);
    expect(criteria[0]?.steps[2]).toEqual({ keyword: 'Then', text: 'I see "ships free"' });
  });

  test('a lower-case step is not silently lost: the scenario has no Then', () => {
    expect(parseCriteria('Scenario: Lost\n  When I look\n  then it is gone').problems).toEqual([
      'Line 3: "then it is gone" is not a step: begin it with Given, When, Then, And or But.',
    ]);
    expect(parseCriteria('Scenario: Lost\n  when I look\n  then it is gone').problems).toEqual([
      'Line 1, "Lost": there is no step that begins with "When".',
    ]);
  });

  test('a scenario with steps before any When says so', () => {
    expect(parseCriteria('Scenario: No action\n  Given a cart\n  Then it is there').problems).toEqual([
      'Line 1, "No action": there is no step that begins with "When".',
    ]);
  });

  test('text that is no Gherkin is a problem with its line, not an exception', () => {
    const { criteria, problems } = parseCriteria('Scenario: One\n  When a\n  Then b\nnonsense here');
    expect(criteria).toEqual([]);
    expect(problems[0]).toMatch(/^Line 4: /);
  });

  test('prose alone has no scenario', () => {
    expect(parseCriteria('It should be nice.').problems).toEqual(['There is no "Scenario:" line.']);
  });

  test('nothing is nothing: no criteria and no problems', () => {
    expect(parseCriteria('  \n')).toEqual({ criteria: [], problems: [] });
  });

  test('an outline with examples is one criterion, one without examples is a problem', () => {
    const outline = 'Scenario Outline: Totals\n  When I pay <n>\n  Then I get <n>\n';
    expect(parseCriteria(`${outline}\n  Examples:\n    | n |\n    | 1 |\n    | 2 |`)).toMatchObject({
      criteria: [{ id: 'AC-1', title: 'Totals' }],
      problems: [],
    });
    expect(parseCriteria(outline).problems).toEqual(['Line 1, "Totals": there are no examples.']);
  });
});

describe('criteriaOfTicket', () => {
  test('takes scenarios from between prose and fences, word for word', () => {
    const text = criteriaOfTicket(
      'Customers ask.\n\n```gherkin\nScenario: A\n  Given x\n  When y\n  Then z\n  And w\n\nScenario: B\n  When p\n  Then q\n```\nThanks!',
    );
    expect(text).toBe('Scenario: A\n  Given x\n  When y\n  Then z\n  And w\n\nScenario: B\n  When p\n  Then q');
    expect(parseCriteria(text).problems).toEqual([]);
  });

  test('reads a sentence and bare steps; the outcome serves as name', () => {
    expect(criteriaOfTicket('Given a cart, when I pay, then I get a receipt.')).toBe(
      'Scenario: I get a receipt\n  Given a cart\n  When I pay\n  Then I get a receipt',
    );
    expect(criteriaOfTicket('- given a cart\n- when I pay\n- then I get a receipt')).toBe(
      'Scenario: I get a receipt\n  Given a cart\n  When I pay\n  Then I get a receipt',
    );
  });

  test('never makes one up: a wish, or steps without an outcome, give nothing', () => {
    expect(criteriaOfTicket('Make the product page nicer, like good shops.')).toBe('');
    expect(criteriaOfTicket('When I open the page it is slow.')).toBe('');
    expect(criteriaOfTicket('Scenario: only a name')).toBe('');
  });
});
