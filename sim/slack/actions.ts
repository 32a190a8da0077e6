/** What one use of an element tells the app: the entry of `actions` in a `block_actions` payload. */
import type { Element } from './blocks.ts';
import { isObject } from './blocks.ts';
import { type Json, SlackRefusal } from './types.ts';
import { optionsOf, valueKey } from './values.ts';

const COPIED = ['text', 'value', 'url', 'style', 'icon', 'confirm', 'placeholder', 'accessibility_label'] as const;
const STATIC = new Set(['static_select', 'multi_static_select', 'overflow', 'radio_buttons', 'checkboxes']);

/** Builds the action from the app's own element and the page's choice. Throws `invalid_option` for a made-up choice. */
export function describeAction(block_id: string, element: Element, chosen: Json, action_ts: string): Json {
  const action: Json = { type: element.type, block_id, action_id: element.action_id, action_ts };
  for (const key of COPIED) if (element[key] !== undefined) action[key] = element[key];
  if (element.type === 'feedback_buttons') return { ...action, ...feedback(element, chosen) };
  const key = element.type === 'overflow' ? 'selected_option' : valueKey(element.type);
  if (key) action[key] = STATIC.has(element.type) ? fromOptions(element, chosen[key]) : (chosen[key] ?? null);
  return action;
}

function fromOptions(element: Element, chosen: unknown): unknown {
  if (chosen === null || chosen === undefined) return null;
  if (Array.isArray(chosen)) return chosen.map((one) => fromOptions(element, one));
  const wanted = isObject(chosen) ? chosen.value : chosen;
  const option = optionsOf(element).find((o) => o.value === wanted);
  if (!option) throw new SlackRefusal('invalid_option');
  return option;
}

function feedback(element: Element, chosen: Json): Json {
  const buttons = [element.positive_button, element.negative_button] as Json[];
  const button = buttons.find((b) => b?.value === chosen.value);
  if (!button) throw new SlackRefusal('invalid_option');
  return { value: button.value, text: button.text };
}
