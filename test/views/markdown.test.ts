import { describe, expect, it } from 'vitest';
import { modal } from '../../views/blocks.ts';
import { fromMarkdown } from '../../views/markdown.ts';
import { expectGoodView, texts } from './fixture.ts';

const many = (count: number, text: string): string => text.repeat(count);

describe('a document as blocks', () => {
  it.each([
    ['a list of short items', many(20_000, '- x\n')],
    ['short bold words', many(12_000, '**x** ')],
    ['short code', many(12_000, '`x` ')],
    ['addresses', many(5000, 'http://a.b ')],
    ['wide letters', many(70_000, '語')],
    ['quotes', many(70_000, '"')],
    ['headings', many(600, '# a heading\n\ntext\n\n')],
    ['paragraphs', many(3000, 'a paragraph\n\n')],
    ['code that is never closed', `\`\`\`\n${many(6000, 'line of code\n')}`],
    ['lists and text in turn', many(3000, '- x\ny\n')],
  ])('of %s fits into a view, says that it was cut and shows much of it', (_, markdown) => {
    const { blocks, cut } = fromMarkdown(markdown, { max: 60_000, maxBlocks: 90 });
    expectGoodView(modal({ id: 'x', title: 'Document', blocks }));
    expect(cut).toBe(true);
    expect(texts(blocks).join('').length).toBeGreaterThan(500);
  });

  it('of 14 long sections is shown whole', () => {
    const markdown = Array.from(
      { length: 14 },
      (_, at) => `## Section ${at}\n\n${many(300, 'some text ')}\n\n- a\n- b`,
    );
    const { blocks, cut } = fromMarkdown(markdown.join('\n\n'), { max: 60_000, maxBlocks: 90 });
    expect(cut).toBe(false);
    expectGoodView(modal({ id: 'x', title: 'Document', blocks }));
  });

  it('draws no picture, whatever its address', () => {
    const { blocks } = fromMarkdown('![seen](https://evil.example/p.png) <img src="https://evil.example/p.png">', {
      max: 1000,
      maxBlocks: 10,
    });
    expect(JSON.stringify(blocks)).not.toMatch(/"image|image_url|slack_file/);
    // What is left is the address, which says where it leads.
    expect(blocks).toMatchInlineSnapshot(`
      [
        {
          "elements": [
            {
              "elements": [
                {
                  "text": "![seen](",
                  "type": "text",
                },
                {
                  "text": "evil.example/p.png",
                  "type": "link",
                  "url": "https://evil.example/p.png",
                },
                {
                  "text": ") <img src="",
                  "type": "text",
                },
                {
                  "text": "evil.example/p.png",
                  "type": "link",
                  "url": "https://evil.example/p.png",
                },
                {
                  "text": "">",
                  "type": "text",
                },
              ],
              "type": "rich_text_section",
            },
          ],
          "type": "rich_text",
        },
      ]
    `);
  });
});
