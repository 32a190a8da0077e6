import { describe, expect, it } from 'vitest';
import { fillDate } from '../../../sim/page/text/dates.ts';
import { parseMarkdown } from '../../../sim/page/text/markdown.ts';
import { parseInline, parseMrkdwn } from '../../../sim/page/text/mrkdwn.ts';

const text = (words: string) => ({ t: 'text', text: words });

describe("Slack's markup", () => {
  it.each([
    ['*bold* _italic_ ~gone~ `code`', ['bold', 'text', 'italic', 'text', 'strike', 'text', 'code']],
    ['2 * 3 * 4 and snake_case_name', ['text']],
    ['*not closed and _neither', ['text']],
    ['* spaced *', ['text']],
    ['`*stays*`', ['code']],
    [
      '<https://a.example|A> <@U01PRIYA> <#C01X|x> <!here> <!subteam^S01|@team>',
      ['link', 'text', 'user', 'text', 'channel', 'text', 'everyone', 'text', 'group'],
    ],
    [':eyes: :no_such_emoji:', ['emoji', 'text']],
  ])('%s', (line, kinds) => {
    expect(parseInline(line).map((node) => node.t)).toEqual(kinds);
  });

  it('nests marks', () => {
    expect(parseInline('*a _b_*')).toEqual([{ t: 'bold', kids: [text('a '), { t: 'italic', kids: [text('b')] }] }]);
  });

  it('shows entities as characters and never as markup', () => {
    expect(parseInline('a &lt;b&gt; &amp;amp; <b>x</b>')).toEqual([text('a <b> &amp; <b>x</b>')]);
  });

  it.each(['<javascript:alert(1)|click>', '<data:text/html,x|click>', '<JaVaScRiPt:alert(1)>', '<vbscript:x>'])(
    '%s is text, not a link',
    (line) => {
      expect(parseInline(line)).toEqual([text(line)]);
    },
  );

  it('links bare addresses without the full stop, and not at all when told not to', () => {
    const line = 'See https://a.example/x?y=1.';
    expect(parseInline(line)[1]).toMatchObject({ t: 'link', url: 'https://a.example/x?y=1' });
    expect(parseInline(line, { autolink: false })).toEqual([text(line)]);
  });

  it('splits fences, quotes and lines', () => {
    expect(parseMrkdwn('one\n&gt; two\n&gt; three\n```\nfour *5*\n```\nsix')).toEqual([
      { t: 'para', kids: [text('one')] },
      { t: 'quote', kids: [text('two'), { t: 'br' }, text('three')] },
      { t: 'pre', text: 'four *5*' },
      { t: 'para', kids: [text('six')] },
    ]);
  });

  it('keeps a fence that is never closed as text', () => {
    expect(parseMrkdwn('a ```b')).toEqual([{ t: 'para', kids: [text('a ```b')] }]);
  });

  it('reads long hostile text in linear time', () => {
    const started = performance.now();
    parseMrkdwn('*_~`<:'.repeat(6000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('dates', () => {
  const now = new Date(2026, 10, 20, 12);
  const at = (year: number, month: number, day: number) => new Date(year, month - 1, day, 9, 41).getTime() / 1000;
  it.each([
    ['{date_short_pretty} at {time}', at(2026, 11, 20), 'Today at 9:41 AM'],
    ['{date_pretty}', at(2026, 11, 19), 'Yesterday'],
    ['{date_short}', at(2026, 3, 1), 'Mar 1'],
    ['{date_long}', at(2025, 11, 22), 'Saturday, November 22nd, 2025'],
    ['{date_num} {nonsense}', at(2026, 1, 2), '2026-01-02 {nonsense}'],
    ['{ago}', at(2026, 11, 18), '2 days ago'],
  ])('%s', (pattern, seconds, shown) => {
    expect(fillDate(seconds, pattern, now)).toBe(shown);
  });
});

describe('Markdown', () => {
  it('reads lists with nesting and tasks', () => {
    expect(parseMarkdown('- a\n  1. b\n- [x] c')).toMatchObject([
      {
        t: 'list',
        ordered: false,
        items: [
          { kids: [text('a')], parts: [{ t: 'list', ordered: true }] },
          { checked: true, kids: [text('c')] },
        ],
      },
    ]);
  });

  it('reads tables, headings, fences and quotes', () => {
    const parts = parseMarkdown('# T\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```js\nx *y*\n```\n> q\n---');
    expect(parts.map((part) => part.t)).toEqual(['heading', 'table', 'pre', 'quote', 'rule']);
    expect(parts[1]).toMatchObject({ align: ['left', 'right'], rows: [[[text('1')], [text('2')]]] });
    expect(parts[2]).toEqual({ t: 'pre', text: 'x *y*' });
  });

  it('keeps HTML and dangerous links as text', () => {
    expect(parseMarkdown('<img src=x onerror=alert(1)> [a](javascript:alert)')).toEqual([
      { t: 'para', kids: [text('<img src=x onerror=alert(1)> [a](javascript:alert)')] },
    ]);
  });

  it('leaves snake_case and multiplication alone', () => {
    expect(parseMarkdown('snake_case_name and 2 * 3 * 4')).toEqual([
      { t: 'para', kids: [text('snake_case_name and 2 * 3 * 4')] },
    ]);
  });
});
