import type { Faults } from '../../github/faults.ts';
import type { ActionRequest, Boot, Container, Fault, Message, Report, Traffic } from '../../slack/client-api.ts';
import type { Option, OptionGroup } from '../blocks/types.ts';
import type { Values } from './form.ts';

/** What every call resolves to: the answer, or a sentence fit to be shown. Nothing here throws. */
export type Answer<T> = ({ ok: true } & T) | { ok: false; sentence: string };

export interface Api {
  boot(): Promise<Answer<Boot>>;
  /** The newest page, the one before a message, or everything from a little before a message on. */
  history(
    channel: string,
    part?: { before: string } | { from: string },
  ): Promise<Answer<{ messages: Message[]; has_more: boolean }>>;
  replies(channel: string, ts: string): Promise<Answer<{ messages: Message[] }>>;
  message(body: { channel: string; text: string; thread_ts?: string }): Promise<Answer<object>>;
  command(body: { channel: string; text: string }): Promise<Answer<object>>;
  action(body: ActionRequest): Promise<Answer<object>>;
  submit(body: { view_id: string; values: Values }): Promise<Answer<{ errors?: Record<string, string> }>>;
  close(body: { view_id: string; clear?: boolean }): Promise<Answer<object>>;
  shortcut(body: { callback_id: string; channel?: string; ts?: string }): Promise<Answer<object>>;
  options(body: {
    container: Container;
    block_id: string;
    action_id: string;
    value: string;
  }): Promise<Answer<{ options?: Option[]; option_groups?: OptionGroup[] }>>;
  reaction(body: { channel: string; ts: string; name: string; remove?: boolean }): Promise<Answer<object>>;
  read(body: { channel: string }): Promise<Answer<object>>;
  edit(body: { channel: string; ts: string; text: string }): Promise<Answer<object>>;
  remove(body: { channel: string; ts: string }): Promise<Answer<object>>;
  home(): Promise<Answer<object>>;
  traffic(since: number): Promise<Answer<{ traffic: Traffic[] }>>;
  faults(): Promise<Answer<{ faults: Fault[] }>>;
  setFaults(body: object): Promise<Answer<{ faults: Fault[] }>>;
  alerts(): Promise<Answer<{ channel: string; alerts: Report[] }>>;
  raiseAlert(id: string): Promise<Answer<{ message: Message }>>;
  /** Of the GitHub stand-in; refused where there is none. With a change: sets these fields first. */
  gitHubFaults(change?: Partial<Faults>): Promise<Answer<{ faults: Faults }>>;
}

/** `as` is the acting person's id; empty lets the stand-in choose one. */
export function createApi(as: string): Api {
  const call = async <T>(path: string, body?: unknown): Promise<Answer<T>> => {
    const headers: Record<string, string> = as ? { 'x-act-as': as } : {};
    const init: RequestInit =
      body === undefined
        ? { headers }
        : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      const res = await fetch(`/client/${path}`, init);
      const json = (await res.json()) as { ok: boolean; error?: string };
      return json.ok
        ? (json as { ok: true } & T)
        : { ok: false, sentence: sentence(json.error ?? `status ${res.status}`) };
    } catch {
      return { ok: false, sentence: 'The local workspace cannot be reached. Is the server still running?' };
    }
  };
  const query = (values: Record<string, string>) => new URLSearchParams(values).toString();
  return {
    boot: () => call('boot'),
    history: (channel, part) => call(`history?${query({ channel, limit: '50', ...part })}`),
    replies: (channel, ts) => call(`replies?${query({ channel, ts })}`),
    message: (body) => call('message', body),
    command: (body) => call('command', body),
    action: (body) => call('action', body),
    submit: (body) => call('submit', body),
    close: (body) => call('close', body),
    shortcut: (body) => call('shortcut', body),
    options: (body) => call('options', body),
    reaction: (body) => call('reaction', body),
    read: (body) => call('read', body),
    edit: (body) => call('edit', body),
    remove: (body) => call('delete', body),
    home: () => call('home', {}),
    traffic: (since) => call(`traffic?since=${since}`),
    faults: () => call('faults'),
    setFaults: (body) => call('faults', body),
    alerts: () => call('alerts'),
    raiseAlert: (id) => call('alerts', { id }),
    gitHubFaults,
  };
}

async function gitHubFaults(change?: Partial<Faults>): Promise<Answer<{ faults: Faults }>> {
  try {
    const res = await fetch('/github/faults', change ? { method: 'POST', body: JSON.stringify(change) } : {});
    const json = await res.json();
    return res.ok ? { ok: true, faults: json as Faults } : { ok: false, sentence: String(json.error) };
  } catch {
    return { ok: false, sentence: 'The GitHub stand-in cannot be reached.' };
  }
}

const sentences: Record<string, string> = {
  operation_timeout: 'The app did not answer within 3 seconds. Nothing you typed is lost; please try again.',
  dispatch_failed: 'The app could not be reached or answered with an error. Nothing you typed is lost.',
  app_not_connected: 'The app is not connected to this workspace right now.',
  not_in_channel: 'You are not a member of this channel.',
  channel_not_found: 'This channel does not exist or is not visible to you.',
  message_not_found: 'This message does not exist any more.',
  cant_update_message: 'Only whoever wrote a message can edit it.',
  cant_delete_message: 'Only whoever wrote a message can delete it.',
  view_not_found: 'This dialog was already closed.',
  user_not_found: 'There is nobody with this id in the workspace.',
};

/** Slack's short error names as a sentence; an unknown one is named. */
function sentence(error: string): string {
  return sentences[error] ?? (/[\s.]/.test(error) ? error : `That did not work (${error}).`);
}
