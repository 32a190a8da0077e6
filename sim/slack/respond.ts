/** Answers to an interaction that name no channel: the ack of a command, and posts to a response URL. */
import type { Messages } from './messages.ts';
import { APP } from './people.ts';
import type { ResponseTarget } from './tickets.ts';
import { type Json, SlackRefusal, type StoredMessage } from './types.ts';
import { refuseContent } from './validate.ts';
import { findMessage, needChannel, type Workspace } from './workspace.ts';

const MAX_TEXT = 40_000;

/** Posts, replaces or deletes as the body says. Throws `no_text`, `invalid_blocks`, `message_not_found`. */
export function respond(ws: Workspace, messages: Messages, target: ResponseTarget, body: Json): void {
  const channel = needChannel(ws, target.channel);
  const original = originalOf(ws, target);
  const { message } = target;
  if (body.delete_original === true) {
    if (!original) throw new SlackRefusal('message_not_found');
    if (message?.ephemeral) messages.removeEphemeral(original);
    else messages.remove(channel, original);
    return;
  }
  const text = typeof body.text === 'string' ? body.text.slice(0, MAX_TEXT) : '';
  const blocks = Array.isArray(body.blocks) ? body.blocks : undefined;
  const attachments = Array.isArray(body.attachments) ? body.attachments : undefined;
  if (!text && !blocks?.length && !attachments?.length) throw new SlackRefusal('no_text');
  // Answers to a response URL do not share the character budget of chat.postMessage.
  refuseContent(ws, { blocks, attachments }, { budget: false });
  if (body.replace_original === true && original) {
    const change = { text, blocks: blocks ?? null, ...(attachments ? { attachments } : {}) };
    if (message?.ephemeral) messages.changeEphemeral(original, change);
    else messages.change(channel, original, change);
    return;
  }
  const thread_ts = typeof body.thread_ts === 'string' ? body.thread_ts : undefined;
  const post = { user: APP.bot_user_id, text, blocks, attachments, ...(thread_ts ? { thread_ts } : {}) };
  const posted =
    body.response_type === 'in_channel'
      ? messages.post(channel, post)
      : messages.postEphemeral(channel, target.user, post);
  target.message ??= { ts: posted.ts, ephemeral: posted.ephemeral === true };
}

function originalOf(ws: Workspace, { message, channel, user }: ResponseTarget): StoredMessage | undefined {
  if (!message) return undefined;
  return message.ephemeral
    ? ws.ephemerals.find((m) => m.ts === message.ts && m.to === user)
    : findMessage(ws, channel, message.ts);
}
