/** Interactive elements: buttons, menus, pickers and inputs. */
import { isDeepStrictEqual } from 'node:util';
import {
  boolean,
  byType,
  type Check,
  exactlyOne,
  type Fields,
  integer,
  isFields,
  list,
  object,
  oneOf,
  report,
  type Scope,
  type Shape,
  string,
  url,
} from './check.ts';
import {
  actionId,
  anyOption,
  confirm,
  imageElement,
  optionGroup,
  overflowOption,
  placeholder,
  plainOption,
  plainText,
  style,
} from './composition.ts';
import { richText } from './rich-text.ts';

const focus: Check = (value, at, scope) => {
  boolean(value, at, scope);
  if (value === true) scope.focused.push(at);
};
const action = { action_id: actionId };
const confirmable = { ...action, confirm };
const focusable = { ...action, focus_on_load: focus };
const menu = { ...confirmable, focus_on_load: focus, placeholder };
const multi = { max_selected_items: integer(1, 1000) };
const ids = list(string(255), 1000, 0);

/** First choices must be among the options. */
function initialAmongOptions(value: Fields, at: string, scope: Scope): void {
  const groups = Array.isArray(value.option_groups) ? value.option_groups : [];
  const all = [value.options, ...groups.map((g) => (isFields(g) ? g.options : undefined))].flatMap((options) =>
    Array.isArray(options) ? options : [],
  );
  const chosen: [string, unknown][] = [['initial_option', value.initial_option]];
  const several = Array.isArray(value.initial_options) ? value.initial_options : [];
  for (const [index, option] of several.entries()) chosen.push([`initial_options/${index}`, option]);
  for (const [key, option] of chosen) {
    if (option === undefined || all.some((o) => isDeepStrictEqual(o, option))) continue;
    report(scope, `${at}/${key}`, 'must be identical to one of the options');
  }
}

function staticMenu(more: Record<string, Check>): Check {
  return object({
    optional: { ...menu, options: list(plainOption, 100), option_groups: list(optionGroup, 100), ...more },
    also: (value, at, scope) => {
      exactlyOne(value, ['options', 'option_groups'], at, scope);
      initialAmongOptions(value, at, scope);
    },
  });
}

const conversationFilter: Check = object({
  optional: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
  also: (value, at, scope) => {
    if (Object.keys(value).length === 0) report(scope, at, 'needs at least one of its fields');
  },
});
const conversations = { default_to_current_conversation: boolean, filter: conversationFilter };
const optional = (fields: Record<string, Check>): Check => object({ optional: fields });
const query = { min_query_length: integer(0, 3000) };

export const selects: Record<string, Check> = {
  static_select: staticMenu({ initial_option: plainOption }),
  external_select: optional({ ...menu, ...query, initial_option: plainOption }),
  users_select: optional({ ...menu, initial_user: string(255) }),
  conversations_select: optional({
    ...menu,
    ...conversations,
    initial_conversation: string(255),
    response_url_enabled: boolean,
  }),
  channels_select: optional({ ...menu, initial_channel: string(255), response_url_enabled: boolean }),
  multi_static_select: staticMenu({ ...multi, initial_options: list(plainOption, 100) }),
  multi_external_select: optional({ ...menu, ...multi, ...query, initial_options: list(plainOption, 100) }),
  multi_users_select: optional({ ...menu, ...multi, initial_users: ids }),
  multi_conversations_select: optional({ ...menu, ...multi, ...conversations, initial_conversations: ids }),
  multi_channels_select: optional({ ...menu, ...multi, initial_channels: ids }),
};

const accessibility_label = string(75);

export const buttons: Record<string, Check> = {
  button: object({
    required: { text: plainText(75) },
    optional: { ...confirmable, value: string(2000, 0), url: url(), style, accessibility_label },
  }),
  workflow_button: object({
    required: {
      text: plainText(75),
      workflow: object({
        required: {
          trigger: object({
            required: { url: url() },
            optional: {
              customizable_input_parameters: list(object({ required: { name: string(), value: string() } }), 100),
            },
          }),
        },
      }),
    },
    optional: { ...action, style, accessibility_label },
  }),
};

const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const timeShape = /^([01]\d|2[0-3]):[0-5]\d$/;

export const choices: Record<string, Check> = {
  checkboxes: object({
    required: { options: list(anyOption, 10) },
    optional: { ...confirmable, focus_on_load: focus, initial_options: list(anyOption, 10) },
    also: initialAmongOptions,
  }),
  radio_buttons: object({
    required: { options: list(anyOption, 10) },
    optional: { ...confirmable, focus_on_load: focus, initial_option: anyOption },
    also: initialAmongOptions,
  }),
  datepicker: optional({ ...menu, initial_date: string(10, 10, dateShape) }),
  timepicker: optional({ ...menu, initial_time: string(5, 5, timeShape), timezone: string(255) }),
  datetimepicker: optional({
    ...confirmable,
    focus_on_load: focus,
    initial_date_time: integer(1_000_000_000, 9_999_999_999),
  }),
};

export const overflow: Record<string, Check> = {
  overflow: object({ required: { options: list(overflowOption, 5, 2) }, optional: confirmable }),
};

const dispatch: Check = optional({
  trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2),
});
const typing = { ...focusable, placeholder, dispatch_action_config: dispatch };

const textInput: Shape = {
  optional: {
    ...typing,
    initial_value: string(3000, 0),
    multiline: boolean,
    min_length: integer(0, 3000),
    max_length: integer(1, 3000),
  },
  also: (value, at, scope) => {
    const { max_length, initial_value } = value;
    ordered('min_length', 'max_length')(value, at, scope);
    if (typeof max_length !== 'number') return;
    if (String(initial_value ?? '').length > max_length) {
      report(scope, `${at}/initial_value`, `must be less than ${max_length + 1} characters`);
    }
  },
};

const numeric = string(255, 1, /^-?\d+(\.\d+)?$/);

/** The smaller of two limits must not be the larger one. */
const ordered =
  (least: string, most: string): NonNullable<Shape['also']> =>
  (value, at, scope) => {
    if (value[least] === undefined || value[most] === undefined) return;
    if (Number(value[least]) > Number(value[most])) report(scope, `${at}/${least}`, `must not be more than ${most}`);
  };

export const richTextInput: Record<string, Check> = {
  rich_text_input: object({
    optional: { ...typing, initial_value: richText, min_lines: integer(1, 100), max_lines: integer(1, 100) },
    also: ordered('min_lines', 'max_lines'),
  }),
};

export const inputs: Record<string, Check> = {
  plain_text_input: object(textInput),
  email_text_input: optional({ ...typing, initial_value: string(3000, 0) }),
  url_text_input: optional({ ...typing, initial_value: string(3000, 0) }),
  number_input: object({
    required: { is_decimal_allowed: boolean },
    optional: { ...typing, initial_value: numeric, min_value: numeric, max_value: numeric },
    also: ordered('min_value', 'max_value'),
  }),
};

export const fileInput: Record<string, Check> = {
  file_input: optional({ ...action, filetypes: list(string(255), 100), max_files: integer(1, 10) }),
};

const feedbackButton: Check = object({
  required: { text: plainText(75), value: string(2000) },
  optional: { accessibility_label },
});

export const contextActions: Record<string, Check> = {
  feedback_buttons: object({
    required: { positive_button: feedbackButton, negative_button: feedbackButton },
    optional: action,
  }),
  icon_button: object({
    required: { icon: oneOf('trash'), text: plainText(75) },
    optional: { ...confirmable, value: string(2000), accessibility_label, visible_to_user_ids: ids },
  }),
};

export const imageOnly: Record<string, Check> = { image: imageElement };

/** One of the elements, with a sentence that names what is allowed here otherwise. */
export const elementOf = (...tables: Record<string, Check>[]): Check => byType(Object.assign({}, ...tables));
