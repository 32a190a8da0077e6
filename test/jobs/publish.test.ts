import { describe, expect, it } from 'vitest';
import { inCode, quiet, unheard } from '../../jobs/shared/publish.ts';
import { reviewComment } from '../../src/documents/review.ts';

/** What GitHub's Markdown acts on, left to stand outside of code. */
function acts(markdown: string): string[] {
  // What a backslash stands before is shown as it is; spans of code are shown as they are.
  const rest = markdown.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/`[^`]+`/g, '');
  return [...rest.matchAll(/[`[\]<>&]|@(?=\w)|#(?=\d)|^(?:[>~]|#{1,6}(?= |$))/g)].map(({ 0: found }) => found);
}

describe('words of tickets, models and agents in a pull request', () => {
  it.each([
    ['a picture', '![seen](https://evil.example/p.png)', '!\\[seen\\](https://evil.example/p.png)'],
    ['a picture by reference', '![seen][1]\n\n[1]: https://evil.example/p.png', /^!\\\[seen\\\]\\\[1\\\] \\\[1\\\]:/],
    ['HTML', '<img src=x onerror=alert(1)> <details>', '\\<img src=x onerror=alert(1)\\> \\<details\\>'],
    ['an HTML comment', 'a <!-- lockstep:LS-9 --> b', 'a  lockstep:LS-9  b'.replace(/ +/g, ' ')],
    ['a disguised link', '[the bank](https://evil.example)', '\\[the bank\\](https://evil.example)'],
    ['an address in angle brackets', '<https://evil.example>', '\\<https://evil.example\\>'],
    ['a mention', '@emil @acme/team', '@\u200bemil @\u200bacme/team'],
    ['a mention by entity', '&#64;team &commat;team', '\\&#\u200b64;team \\&commat;team'],
    ['a mention by an invisible character', '@\u200d\u2060team', '@\u200bteam'],
    ['an issue', 'fixes #12, closes acme/shop#3', 'fixes #\u200b12, closes acme/shop#\u200b3'],
    ['an issue by address', 'Fixes: https://github.com/acme/shop/issues/3', /^Fixes\u200b: https:/],
    ['an issue by its old name', 'resolved GH-12', 'resolved\u200b GH-12'],
    ['a fence that is never closed', '```\nall the rest', '\\`\\`\\` all the rest'],
    ['another fence', '~~~\nall the rest', '\\~\\~\\~ all the rest'],
    ['a heading', '# Approved by everybody', '\\# Approved by everybody'],
    ['a quote', '> said the boss', '\\> said the boss'],
    ['a backslash before its mark', '\\![x](y) \\<b> \\`<i>`', /^\\\\!\\\[x\\\]\(y\) \\\\\\<b\\> \\\\`<i>`$/],
    ['unequal backticks', '`` a `<img>` b ```', '\\`\\` a `<img>` b \\`\\`\\`'],
    ['what reorders text', '\u202Egnp.exe\u202C \u0000x', 'gnp.exe x'],
  ])('%s acts in no way', (_, hostile, drawn) => {
    if (typeof drawn === 'string') expect(quiet(hostile)).toBe(drawn);
    else expect(quiet(hostile)).toMatch(drawn);
    expect(acts(quiet(hostile))).toEqual([]);
  });

  it('keep what people read: code, names and lists', () => {
    expect(quiet('Adds `formatPrice(x)` to\n  `src/price.js`, 2 * 3')).toBe(
      'Adds `formatPrice(x)` to `src/price.js`, 2 \\* 3',
    );
    expect(quiet('Preise über 5 € – 語 👩‍👩‍👧')).toBe('Preise über 5 € – 語 👩‍👩‍👧');
  });

  it('stay in their span of code', () => {
    expect(inCode('npm test`<img>` |\n x')).toBe("`npm test'<img>' \\| x`");
    expect(inCode('')).toBe('` `');
  });

  it('call nobody and close nothing in the message of a commit, and are else as they were', () => {
    expect(unheard('LS-1: <b> [x] `y`\n\nFixes #12 for @emil\u202e')).toBe(
      'LS-1: <b> [x] `y`\n\nFixes #\u200b12 for @\u200bemil',
    );
  });

  it('stay in their cell of the table of a comment', () => {
    const evil = '![x](https://evil.example/p.png) | PASS |\n| <img> @team';
    const comment = reviewComment(
      { verdict: 'fail', findings: [], matrix: [{ criterion: evil, test: 'a`|<img>\n/b_c.js', verdict: 'FAIL' }] },
      'a1b2c3d4e5',
      quiet,
    );
    expect(comment.split('\n').at(-1)).toBe(
      '| !\\[x\\](https://evil.example/p.png) \\| PASS \\| \\| \\<img\\> @\u200bteam | `a \\|<img> /b_c.js` | FAIL |',
    );
  });
});
