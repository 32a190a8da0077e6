/** The number of letters to change, add or drop to get from one word to the other. */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + same);
    }
    row = next;
  }
  return row[other.length]!;
}

/** The word that was probably meant: at most two letters away. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const close = [...known]
    .map((one) => ({ one, away: distance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ away }) => away <= 2)
    .sort((a, b) => a.away - b.away);
  return close[0]?.one ?? null;
}
