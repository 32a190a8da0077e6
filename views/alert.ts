import type { KnownBlock } from '@slack/types';
import { actions, button, context, inert, type MessageView, section } from './blocks.ts';
import { clip, link, oneLine, plural, safe, when } from './text.ts';
import { pack } from './values.ts';

/** The answer in the thread of an alert: what happened and how often, and what somebody decided about it. */
export interface AlertData {
  id: string;
  app: string;
  title: string;
  /** Where the monitor shows it; '' = nowhere. */
  link: string;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
  verdict: 'open' | 'fix' | 'noise';
  by: string;
  at: Date | null;
  item: { id: string; key: string; visit: number } | null;
  /** Key of the item that was closed before it came back, and how. */
  before: { key: string; status: string } | null;
}

export function alertMessage(alert: AlertData): MessageView {
  const said = safe(need(alert), 200);
  const title = clip(oneLine(alert.title), 250);
  return {
    text: `${said}: ${safe(title)}`,
    blocks: [section(`*${said}*${decided(alert)}`), inert([{ text: title }]), seen(alert), ...actions(controls(alert))],
  };
}

/** What is needed of people, or who decided. */
function need({ verdict, by, item, before }: AlertData): string {
  const who = clip(oneLine(by), 80);
  if (verdict === 'fix') return `${who} started ${item?.key ?? 'an item'}`;
  if (verdict === 'noise') return `${who} called it noise`;
  if (!before) return 'Fix it, or say that it is noise';
  return `It came back after ${before.key} was ${before.status}: fix it again, or say that it is noise`;
}

const decided = ({ verdict, at }: AlertData): string => (at && verdict !== 'open' ? ` · ${when(at)}` : '');

function seen({ app, count, firstSeen, lastSeen, verdict, link: url }: AlertData): KnownBlock {
  const first = when(firstSeen, 'since {date_short_pretty} at {time}');
  const times =
    count === 1
      ? when(firstSeen, 'seen once, {date_short_pretty} at {time}')
      : `seen ${plural(count, 'time')} ${first}`;
  const last = count === 1 ? [] : [when(lastSeen, 'last {date_short_pretty} at {time}')];
  const quiet = verdict === 'noise' ? ['stays quiet, and is counted'] : [];
  // The label is the host that the link leads to, whatever the monitor calls it.
  const where = URL.canParse(url) ? [link(url, new URL(url).host)] : [];
  return context([safe(app, 80), times, ...last, ...quiet, ...where].join(' · '));
}

function controls({ id, title, verdict, item }: AlertData): Parameters<typeof actions>[0] {
  const about = clip(oneLine(title), 50);
  if (verdict === 'noise') {
    return [button({ id: 'not_noise', text: 'Not Noise', label: `Not noise: ${about}`, value: id })];
  }
  if (verdict === 'fix') {
    if (!item) return [];
    const value = pack({ item: item.id, visit: item.visit });
    return [button({ id: 'show_item', text: `Open ${item.key}`, label: `Open ${item.key}`, value })];
  }
  return [
    button({ id: 'fix_this', text: 'Fix This', label: `Fix this: ${about}`, value: id, style: 'primary' }),
    button({ id: 'noise', text: 'Noise', label: `Noise: ${about}`, value: id }),
  ];
}

/** What is said where "Fix this" has nothing to do. Channels by their names. */
export function notForTriage(channels: readonly string[]): string {
  if (channels.length === 0) {
    return 'No triage channel is set up. Name one under “triage” in config/lockstep.yml, and alerts in it can be fixed from there.';
  }
  const names = channels.map((name) => (/^[CG][A-Z0-9]{7,}$/.test(name) ? name : `#${name.replace(/^#/, '')}`));
  return `“Fix this” is for alerts in ${names.slice(0, 5).join(', ')}. On other messages use “Create ticket”.`;
}

export const NO_ALERT_HERE =
  'Lockstep knows no alert in this thread. Use “Fix this” in the menu of the message that reports it.';

/** Whoever started it reads this where they are. */
export const startedSentence = (key: string): string => `You started ${key}. It goes on in its own thread.`;
