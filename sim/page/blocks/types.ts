/**
 * Block Kit as the page reads it: wide and forgiving, because what arrives was already checked by the stand-in and an
 * unknown block must still be shown as something.
 */
export interface TextObject {
  type: 'plain_text' | 'mrkdwn';
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface Option {
  text: TextObject;
  value?: string;
  description?: TextObject;
  url?: string;
}

export interface OptionGroup {
  label: TextObject;
  options: Option[];
}

export interface Confirm {
  title?: TextObject;
  text: TextObject;
  confirm?: TextObject;
  deny?: TextObject;
  style?: 'primary' | 'danger';
}

export interface FeedbackButton {
  text: TextObject;
  value?: string;
  accessibility_label?: string;
}

/** Any interactive or image element; which fields are present depends on `type`. */
export interface Element {
  type: string;
  action_id?: string;
  text?: TextObject | string;
  value?: string;
  url?: string;
  style?: 'primary' | 'danger';
  confirm?: Confirm;
  accessibility_label?: string;
  placeholder?: TextObject;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_user?: string;
  initial_users?: string[];
  initial_conversation?: string;
  initial_conversations?: string[];
  initial_channel?: string;
  initial_channels?: string[];
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
  initial_value?: string | RichText;
  max_selected_items?: number;
  min_query_length?: number;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  focus_on_load?: boolean;
  dispatch_action_config?: { trigger_actions_on?: string[] };
  filetypes?: string[];
  max_files?: number;
  filter?: { include?: string[]; exclude_bot_users?: boolean };
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
  positive_button?: FeedbackButton;
  negative_button?: FeedbackButton;
  icon?: string;
  visible_to_user_ids?: string[];
  workflow?: unknown;
}

export interface Style {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  code?: boolean;
  underline?: boolean;
}

export interface RichElement {
  type: string;
  text?: string;
  url?: string;
  name?: string;
  unicode?: string;
  user_id?: string;
  usergroup_id?: string;
  channel_id?: string;
  range?: string;
  timestamp?: number;
  format?: string;
  fallback?: string;
  value?: string;
  style?: Style | string;
  elements?: RichElement[];
  indent?: number;
  border?: number;
  offset?: number;
}

export interface RichText {
  type: 'rich_text';
  elements: RichElement[];
}

export interface Cell {
  type: string;
  text?: string;
  value?: number;
  elements?: RichElement[];
  action?: Element;
  element?: Element;
  fallback?: string | Cell;
}

export interface Series {
  name: string;
  data: { label: string; value: number }[];
}

export interface Chart {
  type: 'bar' | 'line' | 'area' | 'pie';
  series?: Series[];
  segments?: { label: string; value: number }[];
  axis_config?: { categories?: string[]; x_label?: string; y_label?: string };
}

export interface Task {
  type?: string;
  task_id?: string;
  title: string;
  status: 'pending' | 'in_progress' | 'complete' | 'error';
  details?: RichText;
  output?: RichText;
  sources?: { type?: string; url: string; text: string }[];
}

/** Any block; which fields are present depends on `type`. */
export interface Block {
  type: string;
  block_id?: string;
  text?: TextObject | string;
  fields?: TextObject[];
  accessory?: Element;
  expand?: boolean;
  elements?: (Element | TextObject | RichElement | Block)[];
  element?: Element;
  label?: TextObject | string;
  hint?: TextObject;
  optional?: boolean;
  dispatch_action?: boolean;
  level?: string | number;
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
  title?: TextObject | string;
  subtitle?: TextObject;
  body?: TextObject;
  hero_image?: Element;
  icon?: Element;
  actions?: Element[];
  rich_text_title?: RichText;
  child_blocks?: Block[];
  is_collapsible?: boolean;
  default_collapsed?: boolean;
  has_header_divider?: boolean;
  rows?: Cell[][];
  column_settings?: ({ align?: 'left' | 'center' | 'right'; is_wrapped?: boolean } | null)[];
  caption?: string;
  page_size?: number;
  row_header_column_index?: number;
  chart?: Chart;
  tasks?: Task[];
  task_id?: string;
  status?: Task['status'];
  details?: RichText;
  output?: RichText;
  sources?: Task['sources'];
  fallback?: Block[];
  video_url?: string;
  title_url?: string;
  description?: TextObject;
}
