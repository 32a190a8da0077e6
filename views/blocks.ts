import type {
  ActionsBlock,
  AlertBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  InputBlock,
  KnownBlock,
  ModalView,
  PlainTextElement,
  PlainTextOption,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import { clean, clip, clipMarkup, dated, oneLine, safe, shown, upTo } from './text.ts';

/** The few block shapes that Lockstep is made of, each within Slack's limits. */

export interface MessageView {
  /** Read by notifications and screen readers; escaped already. */
  text: string;
  blocks: KnownBlock[];
}

/** The fallback of a message that can still be edited: Slack refuses an edit with 4,000 characters and more. */
export const fallback = (text: string): string => clipMarkup(text, 3000);

/** Never parsed: no mentions, no links, no emoji codes. */
export const plain = (text: string, max: number): PlainTextElement => ({
  type: 'plain_text',
  text: shown(text, max) || ' ',
  emoji: false,
});

/** `mrkdwn` that we composed of escaped parts; `verbatim` keeps Slack from linking names and channels by itself. */
export const section = (mrkdwn: string): SectionBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: clipMarkup(mrkdwn, 3000), verbatim: true },
  expand: true,
});

export const context = (...mrkdwn: string[]): ContextBlock => ({
  type: 'context',
  elements: mrkdwn.slice(0, 10).map((text) => ({ type: 'mrkdwn', text: clipMarkup(text, 2000), verbatim: true })),
});

/** A small line of what others wrote: nothing in it is parsed. */
export const note = (text: string): ContextBlock => ({ type: 'context', elements: [plain(text, 2000)] });

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, 150) });

export const divider = (): KnownBlock => ({ type: 'divider' });

export const actions = (elements: ActionsBlock['elements']): KnownBlock[] =>
  elements.length > 0 ? [{ type: 'actions', elements }] : [];

export const alert = (text: string, level: 'info' | 'warning' | 'error' = 'warning'): AlertBlock => ({
  type: 'alert',
  level,
  text: plain(text, 200),
});

/** What is needed, as a heading; where it is long or tells a moment, in the reader's time, as a bold line. */
export const heading = (text: string): HeaderBlock | SectionBlock =>
  text.length <= 150 && dated(text) === text ? header(text) : section(clipMarkup(`*${dated(safe(text, 500))}*`, 1500));

/** Key and title of an item: what people wrote is not parsed. */
export const titled = (item: { key: string; title: string }, max = 300): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: item.key, style: { bold: true } },
        { type: 'text', text: `  ${clip(oneLine(item.title), max)}` },
      ],
    },
  ],
});

/** Lines that must not be parsed at all, the first one bold if asked. */
export const inert = (lines: readonly { text: string; bold?: boolean }[]): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: lines.map(({ text, bold }, index) => ({
        type: 'text',
        text: `${index > 0 ? '\n' : ''}${clean(text) || ' '}`,
        ...(bold ? { style: { bold: true } } : {}),
      })),
    },
  ],
});

export interface ButtonSpec {
  id: string;
  text: string;
  value?: string;
  style?: 'primary' | 'danger';
  url?: string;
  label?: string;
  confirm?: { title: string; text: string; confirm: string };
}

export function button(spec: ButtonSpec): Button {
  return {
    type: 'button',
    action_id: spec.id,
    text: plain(spec.text, 75),
    ...(spec.value === undefined ? {} : { value: spec.value }),
    ...(spec.style ? { style: spec.style } : {}),
    ...(spec.url ? { url: spec.url } : {}),
    ...(spec.label ? { accessibility_label: shown(spec.label, 75) } : {}),
    ...(spec.confirm
      ? {
          confirm: {
            title: plain(spec.confirm.title, 100),
            text: plain(spec.confirm.text, 300),
            confirm: plain(spec.confirm.confirm, 30),
            deny: plain('Keep as it is', 30),
            ...(spec.style === 'danger' ? { style: 'danger' as const } : {}),
          },
        }
      : {}),
  };
}

export const option = (text: string, value: string, description?: string): PlainTextOption => ({
  text: plain(text, 75),
  value,
  ...(description ? { description: plain(description, 75) } : {}),
});

export interface TextInputSpec {
  id: string;
  label: string;
  hint?: string;
  placeholder?: string;
  value?: string;
  lines?: boolean;
  optional?: boolean;
  max?: number;
  focus?: boolean;
}

/** An input whose block and action id are the same word, so that typed text survives an update of the view. */
export function textInput(spec: TextInputSpec): InputBlock {
  return {
    type: 'input',
    block_id: spec.id,
    label: plain(spec.label, 2000),
    optional: spec.optional ?? false,
    ...(spec.hint ? { hint: plain(spec.hint, 2000) } : {}),
    element: {
      type: 'plain_text_input',
      action_id: spec.id,
      multiline: spec.lines ?? false,
      max_length: spec.max ?? 3000,
      ...(spec.focus ? { focus_on_load: true } : {}),
      ...(spec.placeholder ? { placeholder: plain(spec.placeholder, 150) } : {}),
      ...(spec.value ? { initial_value: upTo(spec.value, spec.max ?? 3000) } : {}),
    },
  };
}

export interface ModalSpec {
  id: string;
  title: string;
  submit?: string;
  close?: string;
  metadata?: string;
  blocks: KnownBlock[];
}

export function modal(spec: ModalSpec): ModalView {
  return {
    type: 'modal',
    callback_id: spec.id,
    title: plain(spec.title, 24),
    close: plain(spec.close ?? (spec.submit ? 'Cancel' : 'Close'), 24),
    ...(spec.submit ? { submit: plain(spec.submit, 24) } : {}),
    private_metadata: spec.metadata ?? '',
    blocks: spec.blocks.slice(0, 100),
  };
}
