/** Reading blocks: giving them ids as Slack does, and finding the elements that people can use. */
import type { Json } from './types.ts';

export interface Element extends Json {
  type: string;
  action_id: string;
}

export interface Found {
  block_id: string;
  /** The input block around the element, when it is one. */
  input?: Json;
  element: Element;
}

/** Parts of a block that hold interactive elements or further blocks. */
const CHILDREN = ['elements', 'accessory', 'element', 'child_blocks', 'actions', 'tasks'] as const;

const randomId = (): string => Math.random().toString(36).slice(2, 7);

/** Copies blocks and gives every block, and every element without one, an id. */
export function withIds(blocks: unknown): unknown[] {
  const copy = structuredClone(Array.isArray(blocks) ? blocks : []) as Json[];
  for (const block of copy) {
    nameBlock(block);
    for (const { element } of elementsOf(block)) element.action_id ||= randomId();
  }
  return copy;
}

/** Blocks inside containers and carousels get ids of their own; Slack does not keep the id of a markdown block. */
function nameBlock(block: Json): void {
  block.block_id = (block.type !== 'markdown' && block.block_id) || randomId();
  const inner = block.type === 'carousel' ? block.elements : block.child_blocks;
  if (Array.isArray(inner)) for (const one of inner) nameBlock(one as Json);
}

/** Every interactive element of a list of blocks, in reading order. */
export function interactive(blocks: readonly unknown[]): Found[] {
  return blocks.flatMap((block) => elementsOf(block as Json));
}

function elementsOf(block: Json): Found[] {
  const found: Found[] = [];
  const visit = (value: unknown, block_id: string): void => {
    if (Array.isArray(value)) {
      for (const inner of value) visit(inner, block_id);
    } else if (isObject(value)) {
      const id = typeof value.block_id === 'string' ? value.block_id : block_id;
      if (INTERACTIVE.has(String(value.type))) {
        found.push({ block_id: id, ...(block.type === 'input' ? { input: block } : {}), element: value as Element });
      }
      for (const key of CHILDREN) if (key in value) visit(value[key], id);
    }
  };
  visit(block, String(block.block_id ?? ''));
  return found;
}

/** Types of the elements that send actions or hold a value. */
export const INTERACTIVE: ReadonlySet<string> = new Set([
  'button',
  'checkboxes',
  'datepicker',
  'datetimepicker',
  'email_text_input',
  'feedback_buttons',
  'file_input',
  'icon_button',
  'number_input',
  'overflow',
  'plain_text_input',
  'radio_buttons',
  'rich_text_input',
  'timepicker',
  'url_text_input',
  'workflow_button',
  ...['static', 'external', 'users', 'conversations', 'channels'].flatMap((k) => [`${k}_select`, `multi_${k}_select`]),
]);

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
