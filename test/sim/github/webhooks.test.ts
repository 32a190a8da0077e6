import { verify } from '@octokit/webhooks-methods';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { here, refusal, type Sandbox, sandbox, secret } from './helpers.ts';

describe('webhooks', () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await sandbox({ files: { 'README.md': '# Nothing to run\n' } });
  });
  afterEach(() => box.close());

  async function issues(...titles: string[]) {
    for (const title of titles) await box.octokit().issues.create({ ...here, title });
    await box.github.idle();
  }
  const titles = () => box.hooks.map((hook) => hook.payload.issue.title);

  it('are signed and carry who, where and what', async () => {
    await box.octokit('sim-priya').issues.create({ ...here, title: 'Größe “€”' });
    await box.github.idle();
    const [hook] = box.hooks;
    expect(await verify(secret, hook!.raw, String(hook!.headers['x-hub-signature-256']))).toBe(true);
    expect(await verify('another', hook!.raw, String(hook!.headers['x-hub-signature-256']))).toBe(false);
    expect(hook!.headers).toMatchObject({ 'x-github-event': 'issues', 'content-type': 'application/json' });
    expect(hook!.payload).toMatchObject({
      action: 'opened',
      issue: { number: 1, title: 'Größe “€”' },
      repository: { full_name: 'acme/web', default_branch: 'main' },
      sender: { login: 'priya' },
      installation: { id: expect.any(Number) },
    });
  });

  it('are never sent again by themselves, but can be redelivered under the same id', async () => {
    box.answer.status = 500;
    await issues('one');
    expect(titles()).toEqual(['one']);
    const { data } = await box
      .octokit()
      .request('GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries', { ...here, hook_id: 1 });
    expect(data).toMatchObject([
      { event: 'issues', action: 'opened', status_code: 500, redelivery: false, guid: box.hooks[0]!.guid },
    ]);
    box.answer.status = 200;
    const again = { ...here, hook_id: 1, delivery_id: Number(data[0]!.id) };
    await box.octokit().repos.redeliverWebhookDelivery(again);
    await box.github.idle();
    expect(box.hooks.map((hook) => hook.guid)).toEqual([data[0]!.guid, data[0]!.guid]);
    expect(box.hooks[1]!.raw).toBe(box.hooks[0]!.raw);
    const { data: after } = await box.octokit().repos.listWebhookDeliveries({ ...here, hook_id: 1 });
    expect(after.map((one) => [one.redelivery, one.status_code])).toEqual([
      [true, 200],
      [false, 500],
    ]);
    const { data: one } = await box
      .octokit()
      .repos.getWebhookDelivery({ ...here, hook_id: 1, delivery_id: after[0]!.id });
    expect(one).toMatchObject({ response: { payload: 'noted' }, request: { payload: { action: 'opened' } } });
    const unknown = box.octokit().repos.redeliverWebhookDelivery({ ...here, hook_id: 1, delivery_id: 1 });
    expect((await refusal(unknown)).status).toBe(404);
  });

  it('pages through deliveries with a cursor', async () => {
    await issues('one', 'two', 'three');
    const all = await box.octokit().paginate('GET /app/hook/deliveries', { per_page: 2 });
    expect(all).toHaveLength(3);
  });

  it('get lost, come twice, or out of order when told to', async () => {
    box.github.faults.dropWebhooks = 1;
    await issues('lost', 'kept');
    expect(titles()).toEqual(['kept']);
    const lost = box.github.deliveries.find((one) => one.status === 'timed out');
    expect(await box.github.redeliver(lost!.id)).toBe(true);
    await box.github.idle();
    expect(titles()).toEqual(['kept', 'lost']);

    box.hooks.length = 0;
    box.github.faults.duplicateWebhooks = true;
    await issues('double');
    expect(titles()).toEqual(['double', 'double']);
    expect(box.hooks[0]!.guid).toBe(box.hooks[1]!.guid);

    box.hooks.length = 0;
    Object.assign(box.github.faults, { duplicateWebhooks: false, shuffleWebhooks: true });
    await Promise.all(['a', 'b', 'c'].map((title) => box.octokit().issues.create({ ...here, title })));
    await box.github.idle();
    const numbers = box.hooks.map((hook) => hook.payload.issue.number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers).toHaveLength(3);
  });
});
