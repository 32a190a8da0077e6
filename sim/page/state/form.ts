import type { Block, Element, RichText } from '../blocks/types.ts';

/** What one element holds, in the shape of Slack's `state.values`. */
export type Value = Record<string, unknown> & { type: string };
export type Values = Record<string, Record<string, Value>>;

/** Values and error sentences of one message, modal or Home view while it is on screen. */
export interface Form {
  get(block: string, action: string): Value | undefined;
  set(block: string, action: string, value: Value): void;
  errors(): Record<string, string>;
  setErrors(errors: Record<string, string>): void;
  subscribe(listener: () => void): () => void;
}

/** `initial` is what the stand-in remembers of a view, for instance after a reload. */
export function createForm(initial: Record<string, Record<string, unknown>> = {}): Form {
  const values = new Map<string, Value>();
  const listeners = new Set<() => void>();
  let errors: Record<string, string> = {};
  const key = (block: string, action: string) => `${block}\n${action}`;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  for (const [block, actions] of Object.entries(initial))
    for (const [action, value] of Object.entries(actions)) values.set(key(block, action), value as Value);
  return {
    get: (block, action) => values.get(key(block, action)),
    set(block, action, value) {
      values.set(key(block, action), value);
      // Whoever is correcting a field is not told again that it is wrong until the next submit.
      if (errors[block]) {
        const { [block]: _, ...rest } = errors;
        errors = rest;
      }
      tell();
    },
    errors: () => errors,
    setErrors(next) {
      errors = next;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What an element holds before anyone touched it; undefined for elements that hold nothing (buttons, menus). */
export function initialValue(element: Element): Value | undefined {
  const type = element.type;
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: (element.initial_value as string | undefined) ?? null };
    case 'rich_text_input':
      return { type, rich_text_value: (element.initial_value as RichText | undefined) ?? null };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null };
    case 'file_input':
      return { type, files: [] };
    default:
      return undefined;
  }
}

interface Field {
  block: Block;
  blockId: string;
  element: Element;
}

/** Every element with an id, wherever it sits: inputs, accessories, action rows, container children. */
export function fields(blocks: Block[]): Field[] {
  return blocks.flatMap((block) => {
    const own = [
      block.element,
      block.accessory,
      ...(block.type === 'actions' ? ((block.elements ?? []) as Element[]) : []),
    ];
    const here = own
      .filter((element): element is Element => element?.action_id !== undefined)
      .map((element) => ({ block, blockId: block.block_id ?? '', element }));
    return [...here, ...fields(block.child_blocks ?? [])];
  });
}

/** Everything the form holds now, untouched elements with their initial value: Slack's `state.values`. */
export function collect(blocks: Block[], form: Form): Values {
  const out: Values = {};
  for (const { blockId, element } of fields(blocks)) {
    const value = form.get(blockId, element.action_id!) ?? initialValue(element);
    if (value) out[blockId] = { ...out[blockId], [element.action_id!]: value };
  }
  return out;
}

/** Sentences for the inputs that Slack itself refuses before the app hears of the submit, by block id. */
export function invalid(blocks: Block[], form: Form): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { block, blockId, element } of fields(blocks)) {
    if (block.type !== 'input') continue;
    const value = form.get(blockId, element.action_id!) ?? initialValue(element);
    const problem = value && wrong(value, element, block.optional === true);
    if (problem) out[blockId] = problem;
  }
  return out;
}

function wrong(value: Value, element: Element, optional: boolean): string | undefined {
  if (isEmpty(value)) return optional ? undefined : 'Please fill this in.';
  const text = typeof value.value === 'string' ? value.value : richLength(value);
  if (text !== undefined) {
    const { min_length: min, max_length: max } = element;
    if (min !== undefined && text.length < min) return `Please enter at least ${min} characters (now ${text.length}).`;
    if (max !== undefined && text.length > max) return `Please keep this to ${max} characters (now ${text.length}).`;
  }
  if (element.type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text ?? ''))
    return 'Please enter an email address, such as name@example.com.';
  if (element.type === 'url_text_input' && !URL.canParse(text ?? ''))
    return 'Please enter a web address, such as https://example.com.';
  return element.type === 'number_input' ? wrongNumber(text ?? '', element) : undefined;
}

function wrongNumber(text: string, element: Element): string | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`;
  return undefined;
}

function isEmpty(value: Value): boolean {
  const { type: _, ...held } = value;
  const it = Object.values(held)[0];
  if (it === null || it === undefined) return true;
  if (typeof it === 'string') return it.trim() === '';
  if (Array.isArray(it)) return it.length === 0;
  return value.type === 'rich_text_input' && richText(it as RichText).trim() === '';
}

const richLength = (value: Value) =>
  value.type === 'rich_text_input' ? richText(value.rich_text_value as RichText) : undefined;

/** The plain text of a rich text value, lines kept. */
export function richText(rich: RichText | null | undefined): string {
  const flat = (elements: RichText['elements']): string =>
    elements.map((element) => element.text ?? (element.elements ? flat(element.elements) : '')).join('');
  return (rich?.elements ?? []).map((section) => flat([section])).join('\n');
}

/** Plain text as one rich text section. */
export function toRich(text: string): RichText | null {
  if (text === '') return null;
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}
