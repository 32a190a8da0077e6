/** Rich text: a block of sections, lists, quotes and code, and the inline elements in them. */
import { boolean, byType, type Check, integer, list, number, object, oneOf, string, url } from './check.ts';

const MANY = 10_000;
const style: Check = object({
  optional: { bold: boolean, italic: boolean, strike: boolean, code: boolean, underline: boolean },
});
/** Mentions may also carry these two. */
const mentionStyle: Check = object({
  optional: {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
});

const inlineChecks: Record<string, Check> = {
  text: object({ required: { text: string() }, optional: { style } }),
  link: object({ required: { url: url() }, optional: { text: string(), unsafe: boolean, style } }),
  emoji: object({ required: { name: string() }, optional: { unicode: string(), url: url(), style } }),
  user: object({ required: { user_id: string(255) }, optional: { style: mentionStyle } }),
  usergroup: object({ required: { usergroup_id: string(255) }, optional: { style: mentionStyle } }),
  channel: object({ required: { channel_id: string(255) }, optional: { style: mentionStyle } }),
  team: object({ required: { team_id: string(255) }, optional: { style: mentionStyle } }),
  broadcast: object({ required: { range: oneOf('here', 'channel', 'everyone') }, optional: { style: mentionStyle } }),
  color: object({ required: { value: string(255) }, optional: { style } }),
  date: object({
    required: { timestamp: number, format: string() },
    optional: { url: url(), fallback: string(), style },
  }),
};

const inline = list(byType(inlineChecks), MANY, 0);
const border = oneOf(0, 1);
const section: Check = object({ required: { elements: inline } });

const blockElements = byType({
  rich_text_section: section,
  rich_text_quote: object({ required: { elements: inline }, optional: { border } }),
  rich_text_preformatted: object({
    required: {
      elements: list(byType({ text: inlineChecks.text!, link: inlineChecks.link! }), MANY, 0),
    },
    optional: { border, language: string(255) },
  }),
  rich_text_list: object({
    required: {
      style: oneOf('bullet', 'ordered'),
      elements: list(byType({ rich_text_section: section }), MANY),
    },
    optional: { indent: integer(0, 8), offset: integer(0, 100_000), border },
  }),
});

export const richTextElements: Check = list(blockElements, MANY);

/** A whole block where another block holds it: cells, task details, first values. */
export const richText: Check = byType({
  rich_text: object({ required: { elements: richTextElements }, optional: { block_id: string(255) } }),
});
