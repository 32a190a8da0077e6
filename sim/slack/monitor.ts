/** A monitor of the workspace: what it reports in the triage channel, when somebody at the page makes it happen. */
import type { NewMessage } from './messages.ts';
import { type Json, SlackRefusal } from './types.ts';

export const MONITOR = { id: 'U01WATCHTOWER', name: 'watchtower', real_name: 'Watchtower', channel: 'alerts' } as const;

export interface Report {
  id: string;
  /** As the page offers it. */
  title: string;
  service: string;
  lines: string[];
}

/** About the services of the sample repositories: two that somebody should look at, and one that may be noise. */
export const REPORTS: readonly Report[] = [
  {
    id: 'cart',
    title: 'TypeError: price of undefined',
    service: 'storefront',
    lines: ['`total` in *src/cart.js*', 'Seen by 23 customers in the last 10 minutes'],
  },
  {
    id: 'transfers',
    title: 'Transfers are slow',
    service: 'ledger',
    lines: ['95 of 100 transfers take up to 2.4 s; allowed are 0.8 s', 'Since the deploy of this morning'],
  },
  {
    id: 'disk',
    title: 'Disk of build-3 is 81% full',
    service: 'newsletter',
    lines: ['Warning at 80%, nothing is lost yet'],
  },
];

/** The message that reports it, in the layout that monitors use. `url` is where the service runs, if it is known. */
export function reportMessage(id: unknown, url: string | undefined): Pick<NewMessage, 'text' | 'attachments'> {
  const report = REPORTS.find((one) => one.id === id);
  if (!report) throw new SlackRefusal('There is no such alert.');
  const { title, service, lines } = report;
  const text = (words: string): Json => ({ type: 'mrkdwn', text: words });
  const blocks: Json[] = [
    { type: 'section', text: text(url ? `*<${url}|${title}>*` : `*${title}*`) },
    { type: 'section', text: text(lines.join('\n')) },
    { type: 'context', elements: [text(`Service: ${service}   Environment: production`)] },
  ];
  return { text: '', attachments: [{ color: '#e03e2f', fallback: `[${service}] ${title}`, blocks }] };
}
