/** Words that say nothing about where something is. */
const COMMON = new Set(
  `about above add added adding after again all allow also always and any are because been before being below between
   both but button can cannot change changes could create does doing don done down each every feature fix for from
   further get gets given has have having here how into its item items just like make makes more most must need needs
   new not now off once only other our out over own page pages people please same see should show shows so some such
   support than that the their them then there these they this those through too under until update use used user users
   using very want wants was way were what when where which while who why will with without would you your`
    .split(/\s+/)
    .filter(Boolean),
);

/** The telling words of a text, lower case, each once, in order: at most `limit`. */
export function tellingWords(text: string, limit = 12): string[] {
  const words = text.toLowerCase().match(/[\p{L}][\p{L}\p{N}_-]{2,}/gu) ?? [];
  return [...new Set(words.filter((word) => !COMMON.has(word)))].slice(0, limit);
}

/** The stem that is looked for in code: "exports" and "exported" are found by "export". */
export function stem(word: string): string {
  const cut = word.replace(/(?:ing|ies|ed|es|s)$/, '');
  return cut.length >= 4 ? cut : word;
}
