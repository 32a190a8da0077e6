/** What stands behind `/ticket`. */
export const SUBCOMMANDS = [
  'new',
  'show',
  'mine',
  'board',
  'search',
  'incident',
  'milestone',
  'metrics',
  'help',
] as const;
export type Subcommand = (typeof SUBCOMMANDS)[number];

export type Parsed =
  | { kind: 'command'; name: Subcommand; rest: string }
  /** Almost a subcommand: ask. `suggestion` is what was probably meant. */
  | { kind: 'near'; suggestion: string }
  | { kind: 'title'; title: string };

const KEY = /^[a-z]{1,10}-\d{1,12}$/i;
/** After `show`, the number alone will do. */
const SHOWN = /^(?:[a-z]{1,10}-)?\d{1,12}$/i;

/**
 * What stands after each first word for it to be a subcommand. Titles begin with the same words ("Show a banner when
 * …", "Search finds nothing …"), so a sentence is a ticket. A search, and an incident on what is no service, offer to
 * become one.
 */
const FITS: Readonly<Record<Subcommand, (rest: string) => boolean>> = {
  new: () => true,
  show: (rest) => rest === '' || SHOWN.test(rest),
  mine: (rest) => rest === '',
  board: (rest) => rest === '',
  search: () => true,
  incident: () => true,
  milestone: (rest) => !/\s/.test(rest),
  metrics: (rest) => rest === '',
  help: (rest) => rest === '',
};

/** A first word that is a subcommand is one; a near miss is asked about; everything else is a title. */
export function parseCommand(text: string): Parsed {
  const trimmed = text.trim();
  const [first = '', ...others] = trimmed.split(/\s+/);
  const rest = others.length === 0 ? '' : trimmed.slice(first.length).trim();
  const word = first.toLowerCase();
  const exact = SUBCOMMANDS.find((name) => name === word);
  if (exact && FITS[exact](rest)) return { kind: 'command', name: exact, rest };
  if (exact) return { kind: 'title', title: trimmed };
  if (trimmed === '') return { kind: 'command', name: 'new', rest: '' };
  if (rest === '' && KEY.test(first)) return { kind: 'command', name: 'show', rest: first };
  const near = SUBCOMMANDS.find((name) => isNear(name, word, rest));
  return near ? { kind: 'near', suggestion: `${near}${rest ? ` ${rest}` : ''}` } : { kind: 'title', title: trimmed };
}

/** Only what could not be the beginning of a title as well: "slow dashboard" is not "show dashboard". */
function isNear(name: Subcommand, word: string, rest: string): boolean {
  const far = distance(name, word);
  if (name === 'new') return far === 1 && isSwap(name, word);
  if (name === 'search') return far <= 2;
  if (far > 1) return false;
  if (name === 'milestone') return FITS.milestone(rest);
  if (name === 'incident') return rest === '' || word !== 'incidents';
  return name === 'show' ? SHOWN.test(rest) || (rest === '' && isSwap(name, word)) : rest === '';
}

const isSwap = (name: string, word: string): boolean => [...name].sort().join() === [...word].sort().join();

/** Edits that turn one word into the other: add, drop, change a letter, or swap two neighbours. */
export function distance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) =>
    Array.from({ length: other.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = best;
    }
  }
  return rows[one.length]![other.length]!;
}
