import type { webApi } from '@slack/bolt';
import type { Target } from '../../views/values.ts';
import type { Request } from '../advance.ts';

export type Client = webApi.WebClient;

/** Who did something, as Slack's payload says. */
export interface Caller {
  id: string;
  name: string;
  /** Workspace of the person; another one than the payload's own means a stranger. */
  teamId: string | null;
  homeTeamId: string | null;
}

/** Where an answer can be put. */
export type Place =
  /** `threadTs` is set when what was clicked is itself a reply. */
  | {
      kind: 'message';
      channel: string;
      /** Only commands bring it. */
      channelName?: string;
      threadTs: string | null;
      ephemeral: boolean;
      responseUrl: string | null;
    }
  /** `hash` is of the view as it was clicked on; Slack refuses an update of one that has changed since. */
  | { kind: 'modal'; viewId: string; hash: string | undefined; callbackId: string; metadata: string }
  | { kind: 'home'; viewId: string }
  | { kind: 'nowhere' };

/** One thing that a person did, whatever kind of payload it came in. */
export interface Call {
  caller: Caller;
  request: Request;
  client: Client;
  /** Opens one view, within three seconds. */
  triggerId: string | null;
  place: Place;
  respond: ((message: Record<string, unknown>) => Promise<unknown>) | null;
}

export interface ActionCall extends Call {
  id: string;
  blockId: string | undefined;
  value: string | undefined;
  target: Target | null;
}

export interface SubmitCall extends Call {
  id: string;
  /** `belowId` is of the view that this one was pushed onto. */
  view: { id: string; rootId: string; belowId: string | null; metadata: string };
  target: Target | null;
  /** By block id: what was typed or chosen. */
  values: Readonly<Record<string, string>>;
}

/**
 * What a handler answers once everything that was done is committed: the body of the acknowledgement, and what may
 * follow it. `after` may fail without harm.
 */
export interface Reply {
  ack?: unknown;
  after?: () => Promise<void>;
}

/** Slack's own word for why a call was refused; '' when there is none. */
export function slackCode(error: unknown): string {
  const { code = '', data } = error as { code?: string; data?: { error?: string } };
  return data?.error ?? code;
}
