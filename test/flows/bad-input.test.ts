import { createHmac } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mrkdwn } from '../views/fixture.ts';
import { create, drawn, goes, hears, linesOf, masked, needOf, read, unnumbered } from './crew.ts';
import { type Lockstep, startLockstep, until } from './lockstep.ts';
import { command, interaction, signed, toSlackUrl } from './signed.ts';

/** What people, networks and vendors get wrong: each is told where the person is, logged, and loses nothing. */

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({
    processes: true,
    slackPace: { rateLimits: false },
    env: { LOG_LEVEL: 'info' },
  });
}, 60_000);
afterAll(() => lockstep?.close());

const as = (who: string) => lockstep.slack.act(who);
const inbox = () => lockstep.database.db.selectFrom('inbox').selectAll().orderBy('received_at').execute();
const items = () => lockstep.database.db.selectFrom('items').select(['key', 'title']).execute();
/** A line of the log that speaks of this. */
const logged = (...words: string[]) =>
  until(() =>
    lockstep
      .output()
      .split('\n')
      .find((line) => words.every((word) => line.includes(word))),
  );
/** What Slack shows in answer to a command. */
async function asked(who: string, text: string): Promise<string> {
  const answer = await as(who).command(text);
  if (!answer.ok) throw new Error(answer.error);
  return masked(String((answer.ack as { text?: string } | undefined)?.text ?? ''));
}

describe('/ticket', () => {
  it('with a mistyped subcommand asks, and does what was meant', async () => {
    expect(await asked('priya', '/ticket serch free shipping')).toMatchInlineSnapshot(
      `"“/ticket serch free shipping” is close to \`/ticket search free shipping\`. Did you mean that?"`,
    );
    await logged('near miss');
    const before = as('priya').ephemerals().length;
    await as('priya').click('suggest');
    await until(() => /Nothing found/.test(as('priya').ephemerals().at(-1)?.text ?? ''));
    expect(as('priya').ephemerals().length).toBe(before);
  });

  it('with words that only begin like a subcommand is a ticket', async () => {
    await as('priya').command('/ticket show a banner to everybody');
    expect(read(await as('priya').untilModal('intake'))).toContain('= show a banner to everybody}');
    await as('priya').closeModal();
    expect(await asked('priya', '/ticket Search finds nothing in lower case')).toMatchInlineSnapshot(
      `"Nothing found for “finds nothing in lower case”. Try fewer words, or a key such as LS-12."`,
    );
    await as('priya').click('new_ticket', { value: 'Search finds nothing in lower case' });
    expect(read(await as('priya').untilModal('intake'))).toContain('= Search finds nothing in lower case}');
    await as('priya').closeModal();
  });

  it('with an empty title is told so at the field, and what was typed stays', async () => {
    await as('priya').command('/ticket');
    await as('priya').untilModal('intake');
    const answer = await as('priya').submit({ title: '   ', description: 'All of this was typed' });
    expect(answer).toMatchObject({ ok: true, errors: expect.anything() });
    expect('errors' in answer && answer.errors).toMatchInlineSnapshot(`
      {
        "title": "Give it a title: one line that says what should change.",
      }
    `);
    await logged('refused', 'Give it a title', '"actor":"U01PRIYA"');
    expect(await as('priya').submit({ title: 'Now with a title', description: 'All of this was typed' })).toEqual({
      ok: true,
    });
    expect((await items()).map((one) => one.title)).toContain('Now with a title');
  });

  it('with a title of 10,000 characters is told so, and gets the text back', async () => {
    const title = 'all work and no play '.repeat(500).slice(0, 9_999).concat('!');
    const told = await asked('priya', `/ticket new ${title}`);
    expect(told.split('\n')[0]).toMatchInlineSnapshot(
      `"The title has 10,000 characters; 250 fit. Put the rest into the description."`,
    );
    expect(told).toContain(title);
    await logged('refused', 'fit. Put the rest');
  });

  it('with a title that calls everybody calls nobody', async () => {
    const key = await create(lockstep, {
      title: '<!channel> look @here <@U01EMIL> & <https://evil.example|click>',
      description: '<!here> and @channel again',
      service: 'storefront',
    });
    await logged('kept as plain text', '@here in the title stays plain text');
    await goes(lockstep, key, 'prd_ready');
    await drawn(lockstep);
    const parsed = lockstep.slack.state.messages('lockstep').flatMap(mrkdwn).join('\n');
    expect(parsed).toContain('look @here');
    expect(parsed).not.toMatch(/<!(?:channel|here|everyone|subteam)|<@U01EMIL>|<https?:\/\/evil/);
  });

  it('with a service that is not in the catalog is told so at the field', async () => {
    const form = interaction({
      type: 'view_submission',
      user: { id: 'U01PRIYA', name: 'priya', team_id: 'T01ACME' },
      view: {
        id: 'V0SERVICE',
        type: 'modal',
        callback_id: 'intake',
        private_metadata: '{}',
        state: {
          values: {
            title: { title: { type: 'plain_text_input', value: 'A ticket' } },
            service: { service: { selected_option: { value: 'no-such-service' } } },
          },
        },
      },
    });
    const answer = await toSlackUrl(lockstep, signed(lockstep, form));
    expect(await answer.json()).toMatchInlineSnapshot(`
      {
        "errors": {
          "service": "“no-such-service” is not in the catalog. Choose a service from the list, or leave it open.",
        },
        "response_action": "errors",
      }
    `);
    expect((await items()).map((one) => one.title)).not.toContain('A ticket');
    await logged('refused', '“no-such-service” is not in the catalog', '"actor":"U01PRIYA"');
  });
});

describe('a request to the Slack address', () => {
  let triggers = 0;
  const fresh = () => {
    triggers += 1;
    return command('help', `bad-input.${triggers}`);
  };

  it.each([
    ['with a wrong signature', 'signature mismatch', { secret: 'not ours' }],
    ['signed six minutes ago', 'request is stale', { skewSeconds: -360 }],
    ['signed six minutes in the future', 'lies in the future', { skewSeconds: 360 }],
  ])('%s gets 401, is logged and does nothing', async (_, line, signing) => {
    const before = await inbox();
    expect((await toSlackUrl(lockstep, signed(lockstep, fresh(), signing))).status).toBe(401);
    expect(await inbox()).toEqual(before);
    await logged('"level":40', line);
  });

  it('that is repeated byte by byte is answered, logged, and is one row', async () => {
    const request = signed(lockstep, fresh());
    const before = (await inbox()).length;
    const answers = [await toSlackUrl(lockstep, request), await toSlackUrl(lockstep, request)];
    expect(answers.map((one) => one.status)).toEqual([200, 200]);
    expect((await inbox()).length).toBe(before + 1);
    const repeated = `"request":"slack:bad-input.${triggers}"`;
    await logged('"level":30', '"msg":"duplicate"', repeated);
    expect(
      lockstep
        .output()
        .split('\n')
        .filter((line) => line.includes('"msg":"duplicate"') && line.includes(repeated)),
    ).toHaveLength(1);
  });

  it('that is a form repeated byte by byte creates one ticket, whose key is logged', async () => {
    const form = interaction({
      type: 'view_submission',
      user: { id: 'U01PRIYA', name: 'priya', team_id: 'T01ACME' },
      view: {
        id: 'V0TWICE',
        type: 'modal',
        callback_id: 'intake',
        private_metadata: '{}',
        state: { values: { title: { title: { type: 'plain_text_input', value: 'Sent twice' } } } },
      },
    });
    const request = signed(lockstep, form);
    const answers = [await toSlackUrl(lockstep, request), await toSlackUrl(lockstep, request)];
    expect(answers.map((one) => one.status)).toEqual([200, 200]);
    const [item, ...others] = (await items()).filter((one) => one.title === 'Sent twice');
    expect(others).toEqual([]);
    await logged('"msg":"duplicate"', `"item":"${item!.key}"`, 'slack:V0TWICE');
  });

  it('of 5 MB gets 413 and is logged, and so does a webhook of that size', async () => {
    const body = `payload=${'x'.repeat(5 * 1024 * 1024)}`;
    // Whoever still writes when the connection is closed may not read the answer; then it is asked again.
    const refused = (ask: () => Promise<Response>) => until(async () => (await ask()).status === 413);
    await refused(() => toSlackUrl(lockstep, signed(lockstep, body)));
    await logged('"level":40', 'exceeded the maximum allowed size');
    const signature = createHmac('sha256', lockstep.env.GITHUB_WEBHOOK_SECRET!).update(body).digest('hex');
    const headers = {
      'x-hub-signature-256': `sha256=${signature}`,
      'x-github-event': 'push',
      'x-github-delivery': 'big',
    };
    await refused(() => fetch(`${lockstep.webUrl}/webhooks/github`, { method: 'POST', body, headers }));
    await logged('"level":40', 'larger than 4 MB');
  });

  it('with an action that nobody knows is answered, told and logged', async () => {
    const click = interaction({
      type: 'block_actions',
      user: { id: 'U01PRIYA', name: 'priya', team_id: 'T01ACME' },
      trigger_id: 'bad-input.unknown',
      channel: { id: 'C01LOCKSTEP', name: 'lockstep' },
      container: { type: 'message', channel_id: 'C01LOCKSTEP', message_ts: '1.1', is_ephemeral: false },
      message: { ts: '1.1' },
      actions: [{ type: 'button', action_id: 'launch_rockets', block_id: 'b', action_ts: '1.2', value: '{}' }],
    });
    const told = await hears(lockstep, 'priya', async () => {
      expect((await toSlackUrl(lockstep, signed(lockstep, click))).status).toBe(200);
    });
    expect(told).toMatchInlineSnapshot(
      `"Lockstep does not know this control any more. Open the item again with /ticket show."`,
    );
    await logged('unknown control', 'launch_rockets');
  });
});

const MISTAKES = {
  pipeline:
    'pipelines/feature.yml:15: stage "prd_draft" orders the unknown job "draft-pdr" (allowed: enrich, draft-prd,',
  catalog: 'catalog/shop.yaml:18: "T9" is not a tier; allowed: T1, T2, T3',
  settings:
    'lockstep.yml:20: default_level: Invalid option: expected one of "human"|"ai_assisted"|"ai_led"|"autonomous"',
};

describe('a file of the team', () => {
  async function withConfig(change: (dir: string) => Promise<void>): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'lockstep-config-'));
    await cp(resolve(import.meta.dirname, '../../config'), dir, { recursive: true });
    await change(dir);
    try {
      const from = lockstep.output().length;
      const worker = await lockstep.startWorker({ LOCKSTEP_CONFIG: dir });
      expect(await worker.ended).toBe('1');
      return lockstep
        .output()
        .slice(from)
        .replaceAll(`${dir}/`, '')
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('{'))
        .join('\n');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  const replace = (file: string, from: string, to: string) => async (dir: string) => {
    const text = await readFile(join(dir, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(dir, file), text.replace(from, to));
  };

  it.each([
    ['pipelines/feature.yml', 'jobs: [draft-prd]', 'jobs: [draft-pdr]', MISTAKES.pipeline],
    ['catalog/shop.yaml', 'lockstep.dev/tier: T3', 'lockstep.dev/tier: T9', MISTAKES.catalog],
    ['lockstep.yml', 'default_level: ai_led', 'default_level: reckless', MISTAKES.settings],
  ])('%s with a mistake keeps the process from starting, with file and line', async (file, from, to, sentence) => {
    expect(await withConfig(replace(file, from, to))).toContain(sentence);
  });
});

describe('Slack, when it asks us to wait,', () => {
  it('loses nothing: card and thread catch up in order', async () => {
    for (const on of ['chat.postMessage', 'chat.update']) {
      lockstep.slack.faults.add({ on, kind: 'rate_limited', retry_after: 1, times: 3 });
    }
    const key = await create(lockstep, { title: 'While Slack is busy', description: '', service: 'storefront' });
    await goes(lockstep, key, 'spec_ready');
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(
      `"# Needed from Emil Larsen or Rosa Marin: approve the tech spec"`,
    );
    expect((await linesOf(lockstep, key)).map(unnumbered)).toMatchInlineSnapshot(`
      [
        "LS-N: It is about storefront. Now in “Enriched”",
        "LS-N: PRD approved by Priya Patel",
      ]
    `);
    expect(lockstep.slack.faults.list()).toEqual([]);
    await logged('asked to wait', key);
  });
});
