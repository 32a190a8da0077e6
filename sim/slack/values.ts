/** The values of inputs: where each kind keeps its value, its first value, and what Slack's client refuses to submit. */
import { type Element, interactive, isObject } from './blocks.ts';
import type { Json } from './types.ts';

export type Values = Record<string, Record<string, unknown>>;

/** For each kind of input: the property of its value and the property of its first value. */
const KINDS: Record<string, { value: string; initial: string; many?: true }> = {
  plain_text_input: { value: 'value', initial: 'initial_value' },
  email_text_input: { value: 'value', initial: 'initial_value' },
  url_text_input: { value: 'value', initial: 'initial_value' },
  number_input: { value: 'value', initial: 'initial_value' },
  rich_text_input: { value: 'rich_text_value', initial: 'initial_value' },
  static_select: { value: 'selected_option', initial: 'initial_option' },
  external_select: { value: 'selected_option', initial: 'initial_option' },
  radio_buttons: { value: 'selected_option', initial: 'initial_option' },
  users_select: { value: 'selected_user', initial: 'initial_user' },
  conversations_select: { value: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { value: 'selected_channel', initial: 'initial_channel' },
  multi_static_select: { value: 'selected_options', initial: 'initial_options', many: true },
  multi_external_select: { value: 'selected_options', initial: 'initial_options', many: true },
  checkboxes: { value: 'selected_options', initial: 'initial_options', many: true },
  multi_users_select: { value: 'selected_users', initial: 'initial_users', many: true },
  multi_conversations_select: { value: 'selected_conversations', initial: 'initial_conversations', many: true },
  multi_channels_select: { value: 'selected_channels', initial: 'initial_channels', many: true },
  datepicker: { value: 'selected_date', initial: 'initial_date' },
  timepicker: { value: 'selected_time', initial: 'initial_time' },
  datetimepicker: { value: 'selected_date_time', initial: 'initial_date_time' },
  file_input: { value: 'files', initial: '', many: true },
};

export const valueKey = (type: string): string | undefined => KINDS[type]?.value;

/** `state.values` of a message or view: first values, then what was kept, then what the page just sent. */
export function stateValues(blocks: readonly unknown[], kept: Values = {}, sent: Values = {}): Values {
  const values: Values = {};
  for (const { block_id, element } of interactive(blocks)) {
    const kind = KINDS[element.type];
    if (!kind) continue;
    const given = sent[block_id]?.[element.action_id] ?? keptValue(element, kept[block_id]?.[element.action_id]);
    const value = given === undefined ? (element[kind.initial] ?? (kind.many ? [] : null)) : read(given, kind.value);
    values[block_id] ??= {};
    values[block_id][element.action_id] = { type: element.type, [kind.value]: value ?? (kind.many ? [] : null) };
  }
  return values;
}

/** A kept value counts only while the element is still of the same kind. */
function keptValue(element: Element, value: unknown): unknown {
  return isObject(value) && value.type === element.type ? value : undefined;
}

function read(given: unknown, key: string): unknown {
  const value = isObject(given) ? given[key] : undefined;
  return value === '' ? null : value;
}

/** What the client itself says about values before it sends a submission; by block id. */
export function refusedValues(blocks: readonly unknown[], values: Values): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block_id, input, element } of interactive(blocks)) {
    const kind = KINDS[element.type];
    if (!input || !kind) continue;
    const value = (values[block_id]?.[element.action_id] as Json | undefined)?.[kind.value];
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    const sentence = empty
      ? input.optional === true
        ? undefined
        : 'Please complete this required field.'
      : refusedValue(element, value);
    if (sentence) errors[block_id] = sentence;
  }
  return errors;
}

function refusedValue(element: Element, value: unknown): string | undefined {
  const text = String(value);
  switch (element.type) {
    case 'plain_text_input':
      if (typeof element.max_length === 'number' && text.length > element.max_length)
        return `Please keep this under ${element.max_length + 1} characters.`;
      if (typeof element.min_length === 'number' && text.length < element.min_length)
        return `Please use at least ${element.min_length} characters.`;
      return undefined;
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(text) ? undefined : 'Please enter a valid email address.';
    case 'url_text_input':
      return URL.canParse(text) ? undefined : 'Please enter a valid URL.';
    case 'number_input':
      return refusedNumber(element, text);
    case 'static_select':
    case 'radio_buttons':
      return optionsOf(element).some((o) => o.value === (value as Json).value) ? undefined : 'Please choose an option.';
    default:
      return undefined;
  }
}

function refusedNumber(element: Element, text: string): string | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `Please enter a number of at least ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `Please enter a number of at most ${element.max_value}.`;
  return undefined;
}

/** All options of a static element, those in groups too. */
export function optionsOf(element: Json): Json[] {
  const groups = (element.option_groups as Json[] | undefined) ?? [];
  return [...((element.options as Json[] | undefined) ?? []), ...groups.flatMap((g) => g.options as Json[])];
}
