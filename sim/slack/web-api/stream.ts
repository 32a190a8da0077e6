/** chat.startStream, chat.appendStream and chat.stopStream: a message written in pieces. */
import { apiMessage } from '../payloads.ts';
import { APP } from '../people.ts';
import type { Stream, Task } from '../streams.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import { type Check, list, newScope, object, oneOf, string, url } from '../validate/check.ts';
import { refuseContent } from '../validate.ts';
import { findMessage, needPerson, type Workspace } from '../workspace.ts';
import { knownChannel, readMetadata, threadOf, writable } from './content.ts';
import type { ApiParts, Methods } from './method.ts';

const TEXT_MAX = 12_000;
const BLOCKS_MAX = 50;

export const streamMethods = ({ ws, messages, streams }: ApiParts): Methods => {
  /** Shows what the stream has by now. */
  const show = (channel: StoredChannel, message: StoredMessage, stream: Stream, last: Json = {}): void => {
    const { blocks = [], metadata } = last as { blocks?: unknown[]; metadata?: StoredMessage['metadata'] };
    messages.change(channel, message, {
      text: stream.text(),
      blocks: [...stream.toBlocks(), ...blocks],
      ...(metadata ? { metadata } : {}),
    });
  };
  /** The app's own message that is being written. */
  const writing = (args: Json): { channel: StoredChannel; message: StoredMessage; stream: Stream } => {
    const channel = knownChannel(ws, args.channel);
    const message = findMessage(ws, channel.id, args.ts);
    if (!message) throw new SlackRefusal('message_not_found');
    if (message.user !== APP.bot_user_id) throw new SlackRefusal('message_not_owned_by_app');
    const stream = streams.of(message);
    if (!stream) throw new SlackRefusal('message_not_in_streaming_state');
    return { channel, message, stream };
  };
  return {
    'chat.startStream': {
      tier: 2,
      scope: 'chat:write',
      call: (args) => {
        const channel = writable(ws, args.channel);
        refuseRecipient(ws, channel, args);
        const thread = threadOf(ws, channel, args.thread_ts);
        // Only in a channel can a stream stand by itself.
        if (channel.is_im && !thread.thread_ts) throw new SlackRefusal('invalid_arguments');
        const mode = args.task_display_mode ?? 'timeline';
        if (mode !== 'timeline' && mode !== 'plan') throw new SlackRefusal('invalid_arguments');
        const add = readPieces(ws, args);
        const message = messages.post(channel, { user: APP.bot_user_id, text: '', ...thread });
        const stream = streams.open(message, mode);
        add(stream);
        show(channel, message, stream);
        return { channel: channel.id, ts: message.ts };
      },
    },
    'chat.appendStream': {
      tier: 4,
      scope: 'chat:write',
      call: (args) => {
        const { channel, message, stream } = writing(args);
        if (!args.markdown_text && !args.chunks) throw new SlackRefusal('no_text');
        readPieces(ws, args, stream)(stream);
        show(channel, message, stream);
        return { channel: channel.id, ts: message.ts };
      },
    },
    'chat.stopStream': {
      tier: 2,
      scope: 'chat:write',
      call: (args) => {
        const { channel, message, stream } = writing(args);
        const add = readPieces(ws, args, stream);
        if (args.blocks !== undefined && !Array.isArray(args.blocks)) throw new SlackRefusal('invalid_blocks_format');
        refuseContent(ws, { blocks: args.blocks }, { budget: true });
        const metadata = readMetadata(args.metadata);
        add(stream);
        streams.close(message);
        show(channel, message, stream, { blocks: args.blocks, metadata });
        return { channel: channel.id, ts: message.ts, message: apiMessage(ws, message, true) };
      },
    },
  };
};

function refuseRecipient(ws: Workspace, channel: StoredChannel, args: Json): void {
  if (channel.is_im) return;
  if (!args.recipient_user_id) throw new SlackRefusal('missing_recipient_user_id');
  if (!args.recipient_team_id) throw new SlackRefusal('missing_recipient_team_id');
  if (needPerson(ws, args.recipient_user_id).team_id !== args.recipient_team_id) {
    throw new SlackRefusal('user_not_found');
  }
}

/** Checks text and chunks, with what came `before`; the answer adds them. */
function readPieces(ws: Workspace, args: Json, before?: Stream): (stream: Stream) => void {
  const text = typeof args.markdown_text === 'string' ? args.markdown_text : '';
  const chunks = (args.chunks ?? []) as (Json & { type: string })[];
  const scope = newScope('message');
  list(chunk, Number.POSITIVE_INFINITY, 0)(chunks, '/chunks', scope);
  if (scope.findings.length > 0) {
    const messages = scope.findings.map((f) => `[ERROR] ${f.message} [json-pointer:${f.pointer}]`);
    throw new SlackRefusal('invalid_arguments', { response_metadata: { messages } });
  }
  const blocks = chunks.flatMap((one) => (one.type === 'blocks' ? (one.blocks as unknown[]) : []));
  if ((before?.blockCount() ?? 0) + blocks.length > BLOCKS_MAX) throw new SlackRefusal('invalid_blocks');
  refuseContent(ws, { blocks }, { budget: true });
  const whole = [before?.text() ?? '', text, ...chunks.map((one) => (one.type === 'markdown_text' ? one.text : ''))];
  if (whole.join('').length > TEXT_MAX) throw new SlackRefusal('msg_too_long');
  return (stream) => {
    if (text) stream.addText(text);
    for (const one of chunks) addChunk(stream, one);
  };
}

function addChunk(stream: Stream, { type, ...chunk }: Json & { type: string }): void {
  if (type === 'markdown_text') stream.addText(String(chunk.text));
  else if (type === 'task_update') stream.addTask(chunk as unknown as Task);
  else if (type === 'plan_update') stream.setPlan(String(chunk.title));
  else stream.addBlocks(chunk.blocks as unknown[]);
}

/** Texts of tasks and plans. */
const short = string(256);
const CHUNKS: Record<string, Check> = {
  markdown_text: object({ required: { text: string(TEXT_MAX) } }),
  task_update: object({
    required: { id: string(255), title: short, status: oneOf('pending', 'in_progress', 'complete', 'error') },
    optional: {
      details: short,
      output: short,
      sources: list(object({ required: { url: url(), text: short } }), 50),
    },
  }),
  plan_update: object({ required: { title: short } }),
  // What is in them is checked with everything else that stands in the message.
  blocks: object({ required: { blocks: list(() => undefined, BLOCKS_MAX) } }),
};

const chunk: Check = (value, at, scope) => {
  const type = (value as Json | null)?.type;
  const check = CHUNKS[String(type)];
  if (check) check(value, at, scope);
  else scope.findings.push({ pointer: at, message: `unsupported type: ${String(type)}` });
};
