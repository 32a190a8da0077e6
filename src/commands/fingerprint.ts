/**
 * What makes two reports the same alert: the issue of Sentry that they lead to, else what the monitor says, without what
 * differs from one time to the next.
 */
export function fingerprintOf({ app, title, link }: { app: string; title: string; link: string }): string {
  const issue = sentryIssue(link);
  if (issue) return `sentry:${issue}`;
  return `${app.toLowerCase()}: ${withoutChance(title)}`.slice(0, 400);
}

/** The number of an issue, from its address at sentry.io; hosts are compared, because `evil-sentry.io` is none of them. */
export function sentryIssue(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { protocol, hostname, pathname } = new URL(link);
  if (!/^https?:$/.test(protocol) || !/^(?:.+\.)?sentry\.io$/.test(hostname)) return null;
  return /^\/(?:organizations\/[^/]+\/)?issues\/(\d{1,20})(?:\/|$)/.exec(pathname)?.[1] ?? null;
}

/** Ids, counts, moments and measurements. Short numbers stay: "HTTP 500" is not "HTTP 404". */
const CHANCE = [
  /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g,
  /\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?z?)?/g,
  /\b\d{1,2}:\d\d(?::\d\d)?\b/g,
  /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/g,
  /\b(?<=\[firing:)\d+/g,
  /\b\d+(?:[.,]\d+)+\b/g,
  /\b\d+(?= ?(?:%|ms|s|sec|seconds?|min|minutes?|h|hours?|kb|mb|gb)(?![a-z]))/g,
  /\b\d{4,}\b/g,
];

function withoutChance(title: string): string {
  const plain = title.toLowerCase().replace(/\s+/g, ' ').trim();
  return CHANCE.reduce((text, chance) => text.replace(chance, '#'), plain);
}
