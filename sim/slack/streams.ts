/** Messages that are written while people watch: what has come so far, as blocks, for at most five minutes. */
import type { Json, StoredMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

/** Slack closes a stream five minutes after its start, whether or not something still comes. */
const OPEN_MS = 5 * 60_000;

export type DisplayMode = 'timeline' | 'plan';

export interface Task {
  id: string;
  title: string;
  status: string;
  details?: string;
  output?: string;
  sources?: unknown[];
}

type Part = { text: string } | { task: Task } | { blocks: unknown[] };

export interface Stream {
  /** All markdown so far. */
  text(): string;
  /** How many blocks came as chunks. */
  blockCount(): number;
  addText(text: string): void;
  /** A task that is known already is changed; its details grow. */
  addTask(task: Task): void;
  addBlocks(blocks: unknown[]): void;
  setPlan(title: string): void;
  toBlocks(): Json[];
}

export interface Streams {
  open(message: StoredMessage, mode: DisplayMode): Stream;
  /** The stream of a message that is still being written. */
  of(message: StoredMessage): Stream | undefined;
  close(message: StoredMessage): void;
}

export function createStreams(ws: Workspace): Streams {
  const streams = new Map<string, { stream: Stream; startedAt: number; message: StoredMessage }>();
  const key = (m: StoredMessage): string => `${m.channel}:${m.ts}`;
  return {
    open(message, mode) {
      const stream = createStream(mode);
      message.streaming_state = 'in_progress';
      streams.set(key(message), { stream, startedAt: ws.now(), message });
      return stream;
    },
    of(message) {
      const found = streams.get(key(message));
      if (!found || ws.now() - found.startedAt < OPEN_MS) return found?.stream;
      found.message.streaming_state = 'errored';
      streams.delete(key(message));
      return undefined;
    },
    close(message) {
      message.streaming_state = 'completed';
      streams.delete(key(message));
    },
  };
}

function createStream(mode: DisplayMode): Stream {
  const parts: Part[] = [];
  let plan: string | undefined;
  const tasks = (): Task[] => parts.flatMap((part) => ('task' in part ? [part.task] : []));
  const planBlock = (): Json => ({
    type: 'plan',
    title: plan ?? tasks().at(-1)!.title,
    tasks: tasks().map(taskCard),
  });
  return {
    text: () => parts.map((part) => ('text' in part ? part.text : '')).join(''),
    blockCount: () => parts.reduce((sum, part) => sum + ('blocks' in part ? part.blocks.length : 0), 0),
    addText(text) {
      const last = parts.at(-1);
      if (last && 'text' in last) last.text += text;
      else parts.push({ text });
    },
    addTask(task) {
      const known = tasks().find((one) => one.id === task.id);
      if (!known) parts.push({ task: { ...task } });
      else Object.assign(known, task, { details: joined(known.details, task.details) });
    },
    addBlocks(blocks) {
      parts.push({ blocks });
    },
    setPlan(title) {
      plan = title;
    },
    toBlocks() {
      let planned = false;
      return parts.flatMap((part): Json[] => {
        if ('text' in part) return [{ type: 'markdown', text: part.text }];
        if ('blocks' in part) return part.blocks as Json[];
        if (mode === 'timeline') return [taskCard(part.task)];
        // All tasks stand where the first one does.
        if (planned) return [];
        planned = true;
        return [planBlock()];
      });
    },
  };
}

const joined = (before: string | undefined, more: string | undefined): string | undefined =>
  before === undefined && more === undefined ? undefined : `${before ?? ''}${more ?? ''}`;

function taskCard({ id, details, output, ...task }: Task): Json {
  return {
    type: 'task_card',
    task_id: id,
    ...task,
    ...(details ? { details: richText(details) } : {}),
    ...(output ? { output: richText(output) } : {}),
  };
}

const richText = (text: string): Json => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
