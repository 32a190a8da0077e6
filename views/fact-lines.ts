import type { FactName, FactValues } from '../src/pipeline/facts.ts';
import type { Facts } from '../src/pipeline/types.ts';
import type { FactLine } from './data.ts';
import { atMost99 } from './text.ts';

/** How each fact reads in one line. A fact that is absent here is not shown on the card. */
const SENTENCES: {
  [N in FactName]?: {
    label: string;
    say: (value: FactValues[N]) => string;
    short?: (value: FactValues[N]) => string;
  };
} = {
  service: { label: 'Service', say: (value) => value },
  team: { label: 'Team', say: (value) => value },
  owner: { label: 'Owner', say: (value) => value },
  tier: { label: 'Tier', say: (value) => value },
  blast_radius: {
    label: 'Blast radius',
    say: (value) => `${value.level}: ${value.because}`,
    short: (value) => value.level,
  },
  active_incidents: {
    label: 'Active incidents',
    say: (value) => (value.count === 0 ? 'none' : listed(value.count, value.items[0]?.title)),
  },
  open_prs: {
    label: 'Open pull requests',
    say: (value) =>
      value.count === 0
        ? 'none'
        : listed(value.count, value.items[0] && `#${value.items[0].number} ${value.items[0].title}`),
  },
  recent_changes: {
    label: 'Recent changes',
    say: ({ items }) => (items.length === 0 ? 'none' : listed(items.length, items[0]?.title)),
  },
  similar_items: {
    label: 'Similar items',
    say: ({ items }) =>
      items.length === 0
        ? 'none'
        : items
            .slice(0, 3)
            .map((item) => item.key)
            .join(', '),
  },
  related_documents: {
    label: 'Related documents',
    say: ({ items }) => (items.length === 0 ? 'none' : listed(items.length, items[0]?.title)),
  },
  on_call: { label: 'On call', say: (value) => value },
};

const listed = (count: number, first: string | undefined): string =>
  `${atMost99(count)}${first ? `, latest: ${first}` : ''}`;

export function factLines(facts: Facts): FactLine[] {
  return (Object.keys(SENTENCES) as FactName[]).flatMap((name) => {
    const entry = facts[name];
    const sentence = SENTENCES[name] as
      | { label: string; say: (value: unknown) => string; short?: (value: unknown) => string }
      | undefined;
    if (!entry || !sentence) return [];
    const { label, say, short } = sentence;
    const { value, source, seenAt } = entry;
    return [{ label, value: say(value), ...(short ? { short: short(value) } : {}), source, seenAt }];
  });
}

/** What every item should know once it has been enriched; missing is said, never guessed. */
const EXPECTED: readonly FactName[] = ['service', 'owner', 'tier', 'blast_radius', 'active_incidents', 'open_prs'];

export function missing(facts: Facts): string[] {
  const enriched = Object.keys(facts).some((name) => name in SENTENCES || name === 'service_question');
  if (!enriched) return [];
  return EXPECTED.filter((name) => !facts[name]).map((name) => SENTENCES[name]?.label ?? name);
}
