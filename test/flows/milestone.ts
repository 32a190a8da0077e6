import type { Message } from '../../sim/slack/client-api.ts';
import { buttonOf, itemOf, press, type Road } from '../faults/road.ts';
import { masked, read } from './crew.ts';
import { until } from './lockstep.ts';

/** A road that ends soon after the gate that a milestone is about, and what people do there. */

export const PIPELINE = `
name: feature
label: Short road
allow:
  cancel: [requester, product_manager]
  retry: [requester, product_manager, engineer]
  answer: [requester]
stages:
  incoming:  { column: Incoming, jobs: [enrich], gate: {} }
  prd_draft: { column: Planning, jobs: [draft-prd], gate: { document_written: { document: prd } } }
  ready:     { column: Ready to Delegate, gate: may_go_on, reject: prd_draft }
  completed: { column: Deployed }
gates:
  may_go_on:
    all:
      - blocked_by_done
      - approved_by: { role: engineer, of: prd, not: [], after_others: true }
`;

/** `roadNow`: the road of the test that runs. */
export function milestoneCrew(roadNow: () => Road) {
  const as = (who: string) => roadNow().slack.act(who);
  const addressOf = (at: number): string => roadNow().linear.projectUrl(roadNow().linear.projects[at]!);

  /** What the command is answered with at once. */
  async function says(text: string): Promise<string> {
    const answer = await as('priya').command(`/ticket milestone ${text}`);
    if (!answer.ok) throw new Error(answer.error);
    return masked(String((answer.ack as { text?: string } | undefined)?.text ?? ''));
  }

  /** What the form says in the end: one sentence. */
  async function told(text: string): Promise<string> {
    await says(text);
    const view = await as('priya').untilModal('sentence');
    await as('priya').closeModal();
    return masked(read(view));
  }

  async function start(at: number): Promise<void> {
    await says(addressOf(at));
    await as('priya').untilModal('milestone');
    const answer = await as('priya').submit();
    if (!answer.ok || answer.errors) throw new Error(JSON.stringify(answer));
    await as('priya').closeModal();
  }

  const made = () =>
    roadNow()
      .database.db.selectFrom('items')
      .select(['id', 'key', 'title', 'origin', 'service', 'status', 'requester'])
      .where('origin', 'like', 'linear:%')
      .orderBy('id')
      .execute();

  async function itemFor(identifier: string): Promise<string> {
    const { id } = roadNow().linear.issue(identifier);
    return until(async () => (await made()).find((one) => one.origin === `linear:${id}`)?.key, 60_000);
  }

  /** Messages of milestones in the channel. */
  const messages = (): Message[] =>
    roadNow()
      .slack.state.messages('lockstep')
      .filter((one) => /done|cancelled/.test(one.text) && /□|■/.test(read(one)));

  /** Keys depend on the order in which the database gives them. */
  const keyless = (text: string): string =>
    masked(text)
      .replace(/<http:\/\/HOST\/archives\/[^|]*\|LS-\d+>/g, '<thread of LS-N>')
      .replace(/\bLS-\d+/g, 'LS-N');

  async function shows(pattern: RegExp): Promise<string> {
    return until(() => {
      const text = keyless(messages().map(read).join('\n'));
      if (pattern.test(text)) return text;
      throw new Error(text);
    }, 60_000);
  }

  async function approves(key: string): Promise<void> {
    await press(roadNow(), 'emil', 'approve', await buttonOf(roadNow(), key, 'approve', 60_000));
    await until(async () => (await itemOf(roadNow(), key)).status === 'done', 60_000);
  }

  return { as, addressOf, says, told, start, made, itemFor, messages, shows, approves };
}
