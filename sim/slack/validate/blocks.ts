/** Every block that an app may send: where it may stand and what it must look like. */
import {
  boolean,
  type Check,
  exactlyOne,
  type Fields,
  isFields,
  list,
  object,
  oneOf,
  report,
  type Scope,
  type Shape,
  type Surface,
  string,
  url,
} from './check.ts';
import { anyText, imageElement, imageFields, imageSource, mrkdwnText, plainText } from './composition.ts';
import {
  buttons,
  choices,
  contextActions,
  elementOf,
  fileInput,
  imageOnly,
  inputs,
  overflow,
  richTextInput,
  selects,
} from './elements.ts';
import { richText, richTextElements } from './rich-text.ts';
import { dataTable, dataVisualization, table } from './tables.ts';

interface BlockRule {
  surfaces: readonly Surface[];
  check: Check;
}

const ALL: readonly Surface[] = ['message', 'modal', 'home'];
const MESSAGE_HOME: readonly Surface[] = ['message', 'home'];
const MESSAGE: readonly Surface[] = ['message'];

function rule(surfaces: readonly Surface[], shape: Shape): BlockRule {
  return { surfaces, check: object({ ...shape, optional: { block_id: blockId, ...shape.optional } }) };
}

const blockId: Check = (value, at, scope) => {
  string(255)(value, at, scope);
  if (typeof value !== 'string') return;
  const first = scope.blockIds.get(value);
  if (first !== undefined) report(scope, at, `block_id ${JSON.stringify(value)} already exists at ${first}`);
  else scope.blockIds.set(value, at);
};

/** Action ids are unique among the elements of one block; `key` says where the block has them. */
function uniqueActions(value: Fields, at: string, scope: Scope, key = 'elements'): void {
  const seen = new Set<unknown>();
  const elements = Array.isArray(value[key]) ? value[key] : [];
  elements.forEach((element, index) => {
    const id = isFields(element) ? element.action_id : undefined;
    if (id !== undefined && seen.has(id)) {
      report(scope, `${at}/${key}/${index}/action_id`, `action_id ${JSON.stringify(id)} already exists in this block`);
    }
    seen.add(id);
  });
}

const accessory = elementOf(buttons, selects, choices, overflow, imageOnly);
const actionElement = elementOf(buttons, selects, choices, overflow, richTextInput);
const inputElement = elementOf(selects, choices, inputs, richTextInput, fileInput);
const MODAL_INPUTS = ['rich_text_input', 'file_input'];

const section: Shape = {
  optional: { text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: boolean },
  also: (value, at, scope) => {
    if (value.text === undefined && value.fields === undefined) {
      report(scope, at, 'missing required field: text or fields');
    }
  },
};

const input: Shape = {
  required: { label: plainText(2000), element: inputElement },
  optional: { hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  also: ({ element }, at, scope) => {
    const type = isFields(element) ? String(element.type) : '';
    if (scope.surface !== 'modal' && MODAL_INPUTS.includes(type)) {
      report(scope, `${at}/element`, `${type} can only be used in modals`);
    }
  },
};

const taskCard: Shape = {
  required: {
    task_id: string(255),
    title: string(256),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  optional: {
    details: richText,
    output: richText,
    sources: list(object({ required: { url: url(), text: string(256) } }), 50),
  },
};

const plan: Shape = {
  required: { title: string(256) },
  optional: { tasks: list((value, at, scope) => nested(['task_card'])(value, at, scope), 50) },
  also: ({ tasks }, at, scope) => {
    const ids = (Array.isArray(tasks) ? tasks : []).map((t) => (isFields(t) ? t.task_id : undefined));
    if (new Set(ids).size < ids.length) report(scope, `${at}/tasks`, 'tasks need different task_ids');
  },
};

const card: Shape = {
  optional: {
    hero_image: imageElement,
    icon: imageElement,
    title: mrkdwnText(150),
    subtitle: mrkdwnText(150),
    body: mrkdwnText(200),
    actions: list(elementOf({ button: buttons.button! }), 3),
  },
  also: (value, at, scope) => {
    if (!['hero_image', 'title', 'actions', 'body'].some((key) => value[key] !== undefined)) {
      report(scope, at, 'missing required field: hero_image, title, actions or body');
    }
    uniqueActions(value, at, scope, 'actions');
  },
};

const CONTAINED = [
  'actions',
  'context',
  'divider',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
] as const;

const container: Shape = {
  required: { child_blocks: list((value, at, scope) => nested(CONTAINED)(value, at, scope), 10) },
  optional: {
    title: plainText(150),
    rich_text_title: richText,
    subtitle: anyText(150),
    width: oneOf('narrow', 'standard', 'wide', 'full'),
    icon: imageElement,
    is_collapsible: boolean,
    default_collapsed: boolean,
    has_header_divider: boolean,
  },
  also: (value, at, scope) => {
    if (value.title === undefined) exactlyOne(value, ['title', 'rich_text_title'], at, scope);
    if (value.default_collapsed === true && value.is_collapsible !== true) {
      report(scope, `${at}/default_collapsed`, 'needs is_collapsible');
    }
    if (value.has_header_divider === true && value.is_collapsible === true) {
      report(scope, `${at}/has_header_divider`, 'cannot be used with is_collapsible');
    }
  },
};

const rules: Readonly<Record<string, BlockRule>> = {
  section: rule(ALL, section),
  header: rule(ALL, { required: { text: plainText(150) } }),
  divider: rule(ALL, {}),
  image: rule(ALL, {
    ...imageFields,
    optional: { ...imageFields.optional, title: plainText(2000) },
    also: imageSource,
  }),
  context: rule(ALL, { required: { elements: list(contextElement, 10) } }),
  actions: rule(ALL, { required: { elements: list(actionElement, 25) }, also: (v, at, s) => uniqueActions(v, at, s) }),
  input: rule(ALL, input),
  rich_text: rule(ALL, { required: { elements: richTextElements } }),
  video: rule(ALL, {
    required: { alt_text: string(2000), title: plainText(199), thumbnail_url: url(), video_url: url() },
    optional: {
      title_url: url(),
      author_name: string(49),
      provider_name: string(255),
      provider_icon_url: url(),
      description: plainText(200),
    },
  }),
  markdown: rule(MESSAGE, { required: { text: string(12_000) } }),
  table: rule(MESSAGE_HOME, table),
  data_table: rule(MESSAGE_HOME, dataTable),
  data_visualization: rule(MESSAGE_HOME, dataVisualization),
  plan: rule(MESSAGE, plan),
  task_card: rule(MESSAGE, taskCard),
  card: rule(ALL, card),
  carousel: rule(MESSAGE_HOME, { required: { elements: list((v, at, s) => nested(['card'])(v, at, s), 10) } }),
  container: rule(MESSAGE_HOME, container),
  context_actions: rule(MESSAGE, {
    required: { elements: list(elementOf(contextActions), 5) },
    also: uniqueActions,
  }),
  alert: rule(['modal'], {
    required: { text: anyText(200) },
    optional: { level: oneOf('default', 'info', 'warning', 'error', 'success') },
  }),
};

function contextElement(value: unknown, at: string, scope: Scope): void {
  const check = isFields(value) && value.type === 'image' ? imageElement : anyText(3000);
  check(value, at, scope);
}

/** A block inside another one. */
const nested =
  (allowed: readonly string[]): Check =>
  (value, at, scope) => {
    const type = isFields(value) ? String(value.type) : '';
    if (!allowed.includes(type)) return report(scope, at, `unsupported type: ${type}`);
    block(value, at, scope);
  };

/** One block of a message or view. */
export const block: Check = (value, at, scope) => {
  const type = isFields(value) ? String(value.type ?? '') : '';
  const found = Object.hasOwn(rules, type) ? rules[type] : undefined;
  if (!found) return report(scope, at, type ? `unsupported type: ${type}` : 'missing required field: type');
  scope.counts.set(type, (scope.counts.get(type) ?? 0) + 1);
  if (!found.surfaces.includes(scope.surface)) {
    report(scope, at, `${type} blocks cannot be used in a ${scope.surface === 'home' ? 'Home tab' : scope.surface}`);
  }
  found.check(value, at, scope);
};
