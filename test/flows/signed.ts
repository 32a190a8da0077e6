import { createHmac } from 'node:crypto';
import type { Lockstep } from './lockstep.ts';

/** Requests as Slack signs them, for what no person at a well-behaved client could send. */

export interface Signing {
  /** Seconds that the timestamp is off; negative is old. */
  skewSeconds?: number;
  secret?: string;
  contentType?: string;
}

export function signed(lockstep: Lockstep, body: string, signing: Signing = {}): RequestInit {
  const { skewSeconds = 0, secret = lockstep.env.SLACK_SIGNING_SECRET!, contentType = FORM } = signing;
  const timestamp = String(Math.floor(Date.now() / 1000) + skewSeconds);
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

const FORM = 'application/x-www-form-urlencoded';

export const toSlackUrl = (lockstep: Lockstep, request: RequestInit): Promise<Response> =>
  fetch(`${lockstep.webUrl}/slack/events`, request);

/** The body of a click or a submitted form. */
export const interaction = (payload: object): string =>
  new URLSearchParams({ payload: JSON.stringify({ team: { id: TEAM }, ...payload }) }).toString();

/** The body of `/ticket …`. */
export const command = (text: string, trigger: string, user = 'U01PRIYA'): string =>
  new URLSearchParams({
    command: '/ticket',
    text,
    user_id: user,
    user_name: user,
    team_id: TEAM,
    channel_id: 'C01LOCKSTEP',
    trigger_id: trigger,
    response_url: 'http://127.0.0.1:9/none',
  }).toString();

const TEAM = 'T01ACME';
