import type { Deps } from '../../src/deps.ts';
import { RetryLater } from '../../src/integrations/errors.ts';
import type { Patience } from '../../src/integrations/slack-pace.ts';
import { type Alert, alertById, markAlertDrawn, postponeAlert, storePermalink } from '../../src/store/alerts.ts';
import { claimPost, postOf, storePost } from '../../src/store/cards.ts';
import { alertMessage } from '../../views/alert.ts';
import type { MessageView } from '../../views/blocks.ts';
import { postClaimed, renderHash } from './messages.ts';

/** Brings the answer in an alert's thread up to date: posted once in each round, edited from then on. */
export async function drawAlert(deps: Deps, alertId: string): Promise<void> {
  const from = deps.now();
  const alert = await alertById(deps.db, alertId);
  if (!alert?.channel || !alert.ts) return;
  const { channel, ts, round, version } = alert;
  // Asked for first, so that an item that is started from the answer can lead back to the alert.
  if (alert.permalink === '') await storePermalink(deps.db, alertId, await deps.slack.permalink({ channel, ts }));
  const counted = isOnlyCounted(alert);
  const answer = {
    key: `alert-${alertId}-${round}`,
    channel,
    threadTs: ts,
    patience: counted ? 'progress' : 'short',
  } as const;
  try {
    await draw(deps, answer, view(alert));
  } catch (error) {
    if (!counted || !(error instanceof RetryLater)) throw error;
    return postponeAlert(deps.db, alertId, { version, at: new Date(deps.now().getTime() + error.ms) });
  }
  await markAlertDrawn(deps.db, alertId, { version, from, now: deps.now() });
}

/** Nobody waits for a higher count: it stands behind everything that somebody decided, here and on cards. */
const isOnlyCounted = ({ drawn_at, decided_at }: Alert): boolean =>
  drawn_at !== null && (decided_at === null || decided_at <= drawn_at);

function view(alert: Alert): MessageView {
  const { id, app, title, link, count, verdict, first_seen, last_seen, decided_by_name, decided_at, item, before } =
    alert;
  return alertMessage({
    id,
    app,
    title,
    link,
    count,
    verdict,
    firstSeen: first_seen,
    lastSeen: last_seen,
    by: decided_by_name ?? '',
    at: decided_at,
    item,
    before,
  });
}

interface Answer {
  key: string;
  channel: string;
  threadTs: string;
  patience: Patience;
}

async function draw(deps: Deps, { key, channel, threadTs, patience }: Answer, message: MessageView): Promise<void> {
  const hash = renderHash(message);
  const post = await postOf(deps.db, key);
  if (post?.ts) {
    if (post.subject === hash) return;
    const edited = await deps.slack.update({ channel: post.channel, ts: post.ts, ...message, patience });
    if (edited === 'updated') return storePost(deps.db, key, { subject: hash });
    // Somebody deleted it: a new one takes its place.
    await storePost(deps.db, key, { ts: '', subject: '' });
  }
  const claim = await claimPost(deps.db, { key, itemId: null, channel, kind: 'alert' });
  const tried = claim === 'tried' ? (post ?? (await postOf(deps.db, key))) : null;
  const posted = await postClaimed(deps, { channel, threadTs, ...message, key }, { claims: [key], tried });
  // What an earlier try has posted may be older than this.
  if (tried) await deps.slack.update({ channel: posted.channel, ts: posted.ts, ...message });
  await storePost(deps.db, key, { channel: posted.channel, ts: posted.ts, subject: hash });
}
