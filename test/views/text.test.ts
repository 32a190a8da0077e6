import { describe, expect, it } from 'vitest';
import { parseMrkdwn } from '../../sim/page/text/mrkdwn.ts';
import { clean, clip, clipMarkup, code, link, oneLine, safe } from '../../views/text.ts';

/** Zero-width space, word joiner, soft hyphen, Arabic letter mark, overrides and isolates, byte order mark. */
const HIDDEN = [
  '\u200b',
  '\u2060',
  '\u00ad',
  '\u061c',
  '\u202e',
  '\u202c',
  '\u2066',
  '\u2069',
  '\u200e',
  '\ufeff',
  '\u0000',
];

describe('text that somebody else wrote', () => {
  it('loses what is not seen, and keeps what emoji and scripts are made of', () => {
    for (const hidden of HIDDEN) expect(clean(`<!chan${hidden}nel>`)).toBe('<!channel>');
    expect(clean('👩‍👩‍👧‍👦 می‌خواهم שלום\n\tx')).toBe('👩‍👩‍👧‍👦 می‌خواهم שלום\n\tx');
    expect(oneLine(' a\u2028b\r\n c ')).toBe('a b c');
  });

  it.each([
    '*bold* _italic_ ~struck~ `code` ```block```',
    '> quoted',
    '* _*nested*_ *',
    'end*',
    '(_x_) "*y*" —~z~',
    '*bold\u200b* \u2060_x_',
    '<https://evil.example|safe> <@U0EVIL> <!channel> <#C1>',
  ])('is drawn as it stands: %s', (text) => {
    // Our own markup around it must not pair with its marks either.
    for (const around of [safe(text), `*Label:* ${safe(text)} _more_`, `${safe(text)}\n${safe(text)} *x*`]) {
      const kinds = JSON.stringify(parseMrkdwn(around, { autolink: false })).match(/"t":"\w+"/g) ?? [];
      const ours = around.includes('*Label:*') ? 1 : 0;
      const count = (kind: string) => kinds.filter((one) => one === `"t":"${kind}"`).length;
      expect(count('bold')).toBe(around.endsWith('*x*') || ours ? 1 : 0);
      expect(count('italic')).toBe(ours);
      for (const kind of ['strike', 'code', 'pre', 'quote', 'link', 'user', 'everyone', 'channel']) {
        expect(count(kind), kind).toBe(0);
      }
    }
  });

  it('keeps marks that cannot act', () => {
    expect(safe('snake_case 2*3=6 a~b')).toBe('snake_case 2*3=6 a~b');
    expect(code('feature/_x_ `y`')).toBe("`feature/_x_ 'y'`");
  });

  it('is cut between words and between characters, and no escape in halves', () => {
    expect(clip('one two three', 9)).toBe('one two…');
    expect(clip('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 15)).toBe('👩‍👩‍👧‍👦…');
    expect(clip('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
    for (const max of [6, 7, 8, 9, 10, 11])
      expect(clipMarkup('abc &amp;&lt; <@U1>', max)).not.toMatch(/&[a-z]*…|<[^>]*…/);
  });

  it('is no link but as text', () => {
    expect(link('javascript:alert(1)', 'x')).toBe('x');
    expect(link('https://a.test/x|y', 'x')).toBe('x');
    expect(link('https://a.test/?a=1&b=2', 'a|b *c*')).toBe('<https://a.test/?a=1&amp;b=2|a¦b ∗c∗>');
  });
});
