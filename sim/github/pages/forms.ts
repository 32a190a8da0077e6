/** What the buttons of the pages do. */
import type { IncomingMessage } from 'node:http';
import { mergePull } from '../merging.ts';
import type { PullIssue, Repo } from '../model.ts';
import { type Account, people } from '../people.ts';
import { addComment, closePull, reopenPull, submitReview } from '../pulls.ts';
import { Refusal, readBody } from '../rest/router.ts';
import { isPull, type World } from '../world.ts';

export type Form = URLSearchParams;

export async function readForm(req: IncomingMessage): Promise<Form> {
  return new URLSearchParams((await readBody(req)).toString());
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Only a page of ours may send a form: any other site could reach a loopback port through the browser as well. */
export function isOwnPage(req: IncomingMessage, baseUrl: string): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined)
    return [undefined, 'same-origin'].includes(req.headers['sec-fetch-site'] as string | undefined);
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  // The name counts as well: a foreign name may have been made to point at this machine.
  return from.host === host && (loopback.includes(from.hostname) || from.host === new URL(baseUrl).host);
}

export function actingPerson(form: Form): Account {
  const found = people.find((one) => one.login === form.get('as'));
  if (!found) throw new Refusal(422, 'Choose who acts.');
  return found;
}

const verbs = ['comment', 'review', 'merge', 'close', 'reopen'];

export function isVerb(word: string): boolean {
  return verbs.includes(word);
}

/** Does what the form asks on an issue or pull request; throws a `Refusal` with the sentence to show. */
export async function act(world: World, repo: Repo, number: number, verb: string, form: Form): Promise<void> {
  const issue = repo.issues.find((one) => one.number === number);
  if (!issue) throw new Refusal(404, 'There is no such issue or pull request.');
  const actor = actingPerson(form);
  const body = form.get('body')?.trim() ?? '';
  if (verb === 'comment') {
    if (!body) throw new Refusal(422, 'Write something first.');
    addComment(world, repo, issue, body, actor);
    return;
  }
  if (!isPull(issue)) throw new Refusal(422, 'Only a pull request can be reviewed, merged or closed here.');
  if (verb === 'review') {
    await submitReview(world, repo, issue, { event: form.get('event') ?? '', body }, actor);
    return;
  }
  if (actor.access !== 'write') throw new Refusal(403, `${actor.name} has no right to write in this repository.`);
  await change(world, repo, issue, { verb, body, actor });
}

interface Change {
  verb: string;
  body: string;
  actor: Account;
}

async function change(world: World, repo: Repo, issue: PullIssue, { verb, body, actor }: Change): Promise<void> {
  if (verb === 'merge') await mergePull(world, repo, issue, { method: 'squash' }, actor);
  else if (verb === 'close' && issue.state === 'open') await closePull(world, repo, issue, actor);
  else if (verb === 'reopen' && issue.state === 'closed') await reopenPull(world, repo, issue, actor);
  if (body) addComment(world, repo, issue, body, actor);
}

/** A refusal as one sentence: GitHub hides the reason of a 422 in its list of errors. */
export function sentence(refusal: Refusal): string {
  const reasons = (refusal.errors ?? []).map((one) =>
    typeof one === 'string' ? one : String((one as { message?: unknown }).message ?? ''),
  );
  return reasons.filter(Boolean).join(' ') || refusal.message;
}
