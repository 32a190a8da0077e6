/** What one Web API method is. */

import type { Events } from '../events.ts';
import type { Messages } from '../messages.ts';
import type { RateLimits, Tier } from '../rate-limits.ts';
import type { SocketMode } from '../socket-mode.ts';
import type { Streams } from '../streams.ts';
import type { Tickets } from '../tickets.ts';
import type { Json } from '../types.ts';
import type { Views } from '../views.ts';
import type { Workspace } from '../workspace.ts';

export interface Method {
  tier: Tier;
  /** Which token it wants; the bot's when not said. */
  token?: 'bot' | 'app' | 'none';
  /** What the app must have been granted for this call; undefined is nothing. */
  scope?: string | ((args: Json) => string | undefined);
  /** Returns what follows `ok: true`. Throws `SlackRefusal`. */
  call(args: Json): Json;
}

export type Methods = Record<string, Method>;

export interface ApiParts {
  ws: Workspace;
  messages: Messages;
  views: Views;
  streams: Streams;
  events: Events;
  tickets: Tickets;
  sockets: SocketMode;
  fileProcessingMs: number;
}

export interface ApiOptions {
  botToken: string;
  appToken: string;
  limits: RateLimits | null;
}
