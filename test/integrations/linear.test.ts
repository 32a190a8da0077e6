import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLinear as createStandIn, type Linear as StandIn } from '../../sim/linear/index.ts';
import { type Served, serve } from '../../sim/serve.ts';
import { Refused, RetryLater } from '../../src/integrations/errors.ts';
import { createLinear, type Linear } from '../../src/integrations/linear.ts';

const KEY = 'lin_api_test';
let served: Served;
let standIn: StandIn;
let logged: Record<string, unknown>[];
let linear: Linear;
const HOLIDAY = '5e0f1a2b3c4d';

beforeEach(async () => {
  standIn = createStandIn({ key: KEY, baseUrl: () => served.url });
  served = await serve([standIn]);
  linear = connect(KEY);
});
afterEach(() => served.close());

function connect(apiKey: string, apiUrl = `${served.url}/linear/graphql`): Linear {
  logged = [];
  const note = (fields: object) => void logged.push(fields as Record<string, unknown>);
  return createLinear({ apiKey, apiUrl }, { info: note, warn: note });
}
const failure = (asked: Promise<unknown>): Promise<Error> =>
  asked.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );

describe('a project', () => {
  it('is read with its active milestone, in its order, without what is closed', async () => {
    const plan = await linear.plan(HOLIDAY);
    expect(plan.project.name).toBe('Holiday shop');
    expect(plan.project.url).toBe(`${served.url}/linear/acme/project/holiday-shop-${HOLIDAY}`);
    expect(plan.milestone?.name).toBe('Before the holidays');
    expect(plan.issues.map((one) => one.identifier)).toEqual(Array.from({ length: 12 }, (_, at) => `SHOP-${at + 1}`));
    expect(plan.issues[0]).toMatchObject({ priority: 2, labels: ['storefront'], blockers: [] });
    expect(plan.issues[8]).toMatchObject({ title: 'Gift cards', description: '', labels: [] });
    expect(plan.issues[11]?.blockers).toMatchObject([
      { identifier: 'SHOP-7', title: 'Keep the cart for thirty days', url: plan.issues[6]!.url },
    ]);
    expect(standIn.calls).toEqual(['Project', 'Issues']);
    expect(logged).toMatchObject([
      { call: 'project', status: 200 },
      { call: 'issues', status: 200 },
    ]);
  });

  it('without a milestone is meant as a whole', async () => {
    const plan = await linear.plan('6f1a2b3c4d5e');
    expect(plan.milestone).toBeNull();
    expect(plan.issues.map((one) => one.identifier)).toEqual(['NEWS-1', 'NEWS-2']);
  });

  it('whose milestones are none called next has the first that is not done', async () => {
    standIn.projects[0]!.milestones[1]!.status = 'overdue';
    expect((await linear.plan(HOLIDAY)).milestone?.name).toBe('Before the holidays');
    standIn.projects[0]!.milestones[1]!.status = 'done';
    expect((await linear.plan(HOLIDAY)).milestone?.name).toBe('After the holidays');
  });

  it('of many pages is read to its end, and one that is too large is refused', async () => {
    const [holiday] = standIn.projects;
    const [first] = holiday!.issues;
    const add = (count: number) => {
      for (let at = 0; at < count; at += 1) {
        holiday!.issues.push({ ...first!, id: `more-${at}`, identifier: `SHOP-${100 + at}`, blockedBy: [] });
      }
    };
    add(48);
    expect((await linear.plan(HOLIDAY)).issues).toHaveLength(60);
    add(200);
    expect(await failure(linear.plan(HOLIDAY))).toMatchObject({ code: 'linear_too_many' });
  });

  it('is not blocked by what is closed', async () => {
    standIn.issue('SHOP-7').state = 'completed';
    const plan = await linear.plan(HOLIDAY);
    expect(plan.issues.find((one) => one.identifier === 'SHOP-12')?.blockers).toEqual([]);
  });

  it('with an issue of more relations than are read is refused: what blocks it would be a guess', async () => {
    const { issues } = standIn.projects[0]!;
    for (let at = 0; at < 51; at += 1)
      issues.push({ ...issues[0]!, id: `b-${at}`, identifier: `B-${at}`, milestone: null });
    standIn.issue('SHOP-12').blockedBy = issues
      .filter((one) => one.identifier.startsWith('B-'))
      .map((one) => one.identifier);
    expect((await failure(linear.plan(HOLIDAY))).message).toMatch(/^SHOP-12 has more than 50 relations/);
  });
});

describe('what goes wrong', () => {
  it('is said in our words', async () => {
    expect(await failure(linear.plan('000000000000'))).toMatchObject({ name: 'Refused', code: 'linear_not_found' });
    expect(await failure(connect('lin_api_other').plan(HOLIDAY))).toMatchObject({ code: 'linear_401' });
    standIn.faults.push({ kind: 'forbidden', times: 1 });
    expect(await failure(linear.plan(HOLIDAY))).toMatchObject({ code: 'linear_403' });
  });

  it('by a limit says how long to wait', async () => {
    standIn.faults.push({ kind: 'rate_limited', times: 1 });
    const error = await failure(linear.plan(HOLIDAY));
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).ms).toBeGreaterThan(1000);
    expect(standIn.calls).toEqual([]);
  });

  it('for a moment is asked once more, and then given up', async () => {
    standIn.faults.push({ kind: 'down', times: 1 });
    expect((await linear.plan(HOLIDAY)).issues).toHaveLength(12);
    expect(logged[0]).toMatchObject({ call: 'project', status: 502 });
    standIn.faults.push({ kind: 'down', times: 2 });
    const error = await failure(linear.plan(HOLIDAY));
    expect(error.message).toMatch(/^Linear did not answer/);
    expect(error).not.toBeInstanceOf(Refused);
    expect((await failure(connect(KEY, 'http://127.0.0.1:9/graphql').plan(HOLIDAY))).message).toMatch(/did not answer/);
  });
});

describe('the stand-in refuses what Linear refuses', () => {
  const ask = async (query: string, authorization = KEY) => {
    const answer = await fetch(`${served.url}/linear/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query }),
    });
    const { errors } = (await answer.json()) as { errors?: { message: string; extensions: { code: string } }[] };
    return `${answer.status} ${errors?.[0]?.extensions.code ?? 'ok'}: ${errors?.[0]?.message ?? ''}`;
  };

  it('a field that is not there, a key with Bearer, a question that costs too much, no JSON', async () => {
    expect(await ask('{ viewer { id } }')).toBe('200 ok: ');
    expect(await ask('{ viewer { shoeSize } }')).toMatch(
      /^400 GRAPHQL_VALIDATION_FAILED: Cannot query field "shoeSize"/,
    );
    expect(await ask('{ viewer {')).toMatch(/^400 GRAPHQL_VALIDATION_FAILED: Syntax Error/);
    expect(await ask('{ viewer { id } }', `Bearer ${KEY}`)).toMatch(/^401 AUTHENTICATION_ERROR/);
    const deep = `{ project(id: "${HOLIDAY}") { issues { nodes { relations { nodes { issue { relations { nodes { id } } } } } } } } }`;
    expect(await ask(deep)).toMatch(/^400 QUERY_TOO_COMPLEX/);
    expect(await ask(`{ project(id: "${HOLIDAY}") { issues(first: 251) { nodes { id } } } }`)).toMatch(/first must be/);
    const form = await fetch(`${served.url}/linear/graphql`, {
      method: 'POST',
      body: 'x',
      headers: { authorization: KEY },
    });
    expect(form.status).toBe(400);
  });

  it('and its links lead to pages', async () => {
    const { project, issues } = await linear.plan(HOLIDAY);
    expect(await (await fetch(project.url)).text()).toContain('Remind customers of a cart that they left');
    expect(await (await fetch(issues[8]!.url)).text()).toContain('No description');
    expect((await fetch(`${served.url}/linear/acme/issue/SHOP-99`)).status).toBe(404);
    expect((await fetch(`${served.url}/linear`)).status).toBe(200);
  });
});
