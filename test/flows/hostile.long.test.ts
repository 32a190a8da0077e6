import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_PRD, EMPTY_SPEC } from '../../src/documents/fields.ts';
import { itemOf } from '../faults/road.ts';
import { harms } from '../harmless.ts';
import { arrives, cardOf, chooses, clicks, create, drawn, fills, read } from './crew.ts';
import { type Lockstep, startLockstep, until, untilPeopleAreKnown } from './lockstep.ts';

/**
 * One item of which every word that is not ours is hostile: title, requester's name, what the model drafts, notes and
 * reasons, the pull request's title, a check's name, an incident. Everything that Slack and GitHub are sent is looked at.
 */

const HOSTILE = [
  '<!channel> <@U0EVIL> <!subteam^S0EVIL> <https://evil.example|safe> *hbold* _hitalic_ `hcode`',
  '![x](https://evil.example/p.png) <img src=x> @acme/team fixes #1 & \u202Egnp\u202C a\u200bb שלום 👩‍👩‍👧 e\u0301',
].join(' ');
const TITLE = `Free shipping ${HOSTILE}`;
/** What only a machine can write. */
const WORSE = `${HOSTILE} \u0000 \ud83d > hquote\n\`\`\`\nhblock\n`;

const drafts = {
  prd: {
    ...EMPTY_PRD,
    problem: WORSE.repeat(9),
    evidence: [{ text: WORSE, url: 'https://evil.example/evidence' }],
    goals: [WORSE, WORSE],
    acceptance_criteria: `Scenario: ${HOSTILE}\n  Given a cart\n  When I open it\n  Then I see ${HOSTILE}`,
    open_points: [WORSE],
    feedback_handled: [{ point: WORSE, handled: WORSE }],
  },
  spec: {
    ...EMPTY_SPEC,
    approach: WORSE.repeat(5),
    files_in_scope: ['src/', 'test/', 'public/'].map((path) => ({ path, reason: WORSE })),
    risks: [{ risk: WORSE, likelihood: 'low', impact: 'low', mitigation: WORSE }],
    test_matrix: [{ scenario: WORSE, input: WORSE, expected: WORSE }],
    rollback: WORSE,
    verification: WORSE,
    definition_of_done: [WORSE],
  },
};

let model: Server;
let lockstep: Lockstep;
/** Whatever the stand-in of Slack was sent, with the call that sent it. */
const sent: { what: string; content: unknown }[] = [];

beforeAll(async () => {
  model = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const draft = body.includes('"files_in_scope"') ? drafts.spec : drafts.prd;
      const content = [{ type: 'text', text: JSON.stringify(draft) }];
      const usage = { input_tokens: 100, output_tokens: 50 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ id: 'msg_1', type: 'message', role: 'assistant', content, stop_reason: 'end_turn', usage }),
      );
    });
  });
  await new Promise<void>((done) => model.listen(0, '127.0.0.1', done));
  const { port } = model.address() as AddressInfo;
  lockstep = await startLockstep({
    slackPace: { rateLimits: false },
    start: false,
    env: { ANTHROPIC_API_KEY: 'sk-test', ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
  });
  lockstep.slack.listen((event) => {
    if (event.type !== 'traffic') return;
    const { direction, what, request, response } = event.entry;
    sent.push({ what, content: direction === 'from-app' ? request : response });
  });
  lockstep.slack.changePerson('U01PRIYA', { real_name: `Priya ${HOSTILE}` });
  await lockstep.startWeb();
  await lockstep.startWorker();
  await untilPeopleAreKnown(lockstep);
}, 60_000);
afterAll(async () => {
  await lockstep?.close();
  model?.close();
});

const as = (who: string) => lockstep.slack.act(who);

async function onGitHub(method: string, path: string, body: object): Promise<void> {
  const { GITHUB_API_URL, GITHUB_TOKEN } = lockstep.env;
  const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, 'content-type': 'application/json' };
  const answer = await fetch(`${GITHUB_API_URL}${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok, await answer.text()).toBe(true);
}

describe('an item of hostile words', () => {
  let key: string;

  it('goes from the ticket to the review of its pull request', async () => {
    for (const who of ['priya', 'emil', 'rosa']) await as(who).home();
    key = await create(lockstep, { title: TITLE, description: WORSE.replace('\u0000', ''), service: 'storefront' });

    await arrives(lockstep, key, 'prd_ready');
    await clicks(lockstep, key, 'priya', 'open_document');
    await as('priya').untilModal('document');
    await as('priya').closeModal();
    await fills(lockstep, key, 'priya', {
      action: 'request_changes',
      callback: 'request_changes',
      values: { reason: HOSTILE },
    });
    await until(async () => (await itemOf(lockstep, key)).visit > 3);
    await arrives(lockstep, key, 'prd_ready');
    await clicks(lockstep, key, 'priya', 'edit');
    await as('priya').untilModal('edit_document');
    await as('priya').submit({ note: HOSTILE });
    await drawn(lockstep);
    await clicks(lockstep, key, 'priya', 'approve');
    await arrives(lockstep, key, 'spec_ready');
    await clicks(lockstep, key, 'emil', 'approve');
    await arrives(lockstep, key, 'ready');
    await fills(lockstep, key, 'emil', {
      action: 'delegate',
      callback: 'delegate',
      values: { agent: 'scripted', note: HOSTILE },
    });
    await arrives(lockstep, key, 'preview');
  });

  it('is renamed on GitHub, checked by somebody else, and stopped by an incident', async () => {
    const repo = lockstep.github.repos.find((one) => one.name === 'storefront')!;
    const pull = repo.issues.find((one) => one.title.startsWith(`${key}:`))!;
    expect(pull.title).not.toMatch(/@acme|#1/);
    expect(pull.body).toContain(
      '!\\[x\\](https://evil.example/p.png) \\<img src=x\\> @\u200bacme/team fixes #\u200b1 \\&',
    );
    expect(pull.body).not.toMatch(/(?<!\\)!\[|(?<!\\)<(?!!-- lockstep:)|@acme|#1\b|\u202e/);

    const path = `/repos/acme/storefront`;
    await onGitHub('PATCH', `${path}/pulls/${pull.number}`, { title: HOSTILE });
    const facts = await lockstep.database.db
      .selectFrom('facts')
      .select('value')
      .where('name', '=', 'pr')
      .executeTakeFirstOrThrow();
    const { headSha } = facts.value as { headSha: string };
    await onGitHub('POST', `${path}/statuses/${headSha}`, {
      state: 'failure',
      context: HOSTILE,
      description: HOSTILE.slice(0, 100),
    });
    await until(async () => read(await cardOf(lockstep, key)).includes('gnp'), 60_000);

    for (const text of [
      `incident storefront ${HOSTILE}`,
      `incident ${HOSTILE}`,
      `search ${HOSTILE}`,
      `serch ${HOSTILE}`,
      'mine',
      'board',
      `show ${key}`,
    ]) {
      await as('priya').command(`/ticket ${text}`);
    }
    await as('priya').command(`/ticket ${HOSTILE}`);
    await as('priya').untilModal('intake');
    await as('priya').closeModal();
    const forms = {
      'Show what is known': 'details',
      'Show history': 'history',
      'Open PRD': 'document',
      'Open tech spec': 'document',
    };
    for (const [entry, form] of Object.entries(forms)) {
      await chooses(lockstep, key, 'emil', entry);
      await as('emil').untilModal(form);
      await as('emil').closeModal();
    }
    for (const who of ['priya', 'emil', 'rosa']) await as(who).home();
    await chooses(lockstep, key, 'priya', `Cancel ${key}…`);
    await as('priya').untilModal('cancel');
    await as('priya').submit({ reason: HOSTILE });
    await arrives(lockstep, key, 'preview');
    await drawn(lockstep);
  });

  it('did no harm in anything that Slack was sent, though its words were in much of it', () => {
    const whats = new Set(sent.map(({ what }) => what));
    for (const what of ['chat.postMessage', 'chat.update', 'views.open', 'views.publish', '/ticket']) {
      expect([...whats]).toContain(what);
    }
    expect(sent.filter(({ content }) => JSON.stringify(content)?.includes('evil.example')).length).toBeGreaterThan(30);
    expect(sent.flatMap(({ what, content }) => harms(content).map((harm) => `${what}: ${harm}`))).toEqual([]);
  });
});
