import type { Boot, Message } from '../../slack/client-api.ts';
import { toWords } from '../text/words.ts';
import { isReply, type Place, type State } from './state.ts';

const most = 180;

/** Whether a message is in front of the person already: in the open channel, or in the open thread. */
export function isInFront(message: Message, { place }: Pick<State, 'place'>): boolean {
  if (place?.kind !== 'channel' || place.channel !== message.channel) return false;
  return !isReply(message) || place.thread === message.thread_ts;
}

/** "Lockstep in #lockstep: Waiting for you …": who, where, and the message's own fallback text, which is all that Slack shows. */
export function noticeText(message: Message, boot: Boot): string {
  const person = boot.people.find((one) => one.id === message.user);
  const name = message.user === boot.app.bot_user_id ? boot.app.name : person?.real_name || person?.name || 'Somebody';
  const channel = boot.channels.find((one) => one.id === message.channel);
  const where = !channel || channel.is_im ? '' : ` in #${channel.name}`;
  const words = toWords(message.text, boot) || 'a message without words';
  const cut = words.length > most ? `${words.slice(0, most).trimEnd()}…` : words;
  return `${name}${where}: ${cut}`;
}

/** Where a notification leads. */
export function placeOfMessage({ channel, ts, thread_ts }: Message): Place {
  return { kind: 'channel', channel, ...(thread_ts && thread_ts !== ts ? { thread: thread_ts } : {}), message: ts };
}
