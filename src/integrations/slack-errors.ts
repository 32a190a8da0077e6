import { ErrorCode } from '@slack/web-api';
import { Refused, RetryLater } from './errors.ts';

/** Slack's own trouble: the same call may work in a moment. */
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'backend_error']);

const SENTENCES: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack does not know the channel, or Lockstep is not in it: invite it with /invite.',
  not_in_channel: 'Lockstep is not in the channel: invite it with /invite.',
  is_archived: 'The channel is archived; take it out of the archive or set another one in lockstep.yml.',
  invalid_auth: "Slack refuses Lockstep's token; run `npm run doctor`.",
  not_authed: "Slack refuses Lockstep's token; run `npm run doctor`.",
  account_inactive: 'Lockstep was removed from this Slack workspace, so its token does not work any more.',
  token_revoked: 'The token of Lockstep was revoked; install the app again.',
  missing_scope: 'Lockstep lacks a permission in Slack; run `npm run doctor` to see which.',
};

interface Vendor {
  code?: string;
  retryAfter?: number;
  statusCode?: number;
  data?: { error?: string; needed?: string };
  message?: string;
}

/** What went wrong with a call, in our words: wait, refused for good, or worth another try. Never holds a token. */
export function slackError(method: string, error: unknown): Error {
  const vendor = error as Vendor;
  const code = vendor.data?.error ?? '';
  if (vendor.code === ErrorCode.RateLimitedError || code === 'ratelimited' || code === 'rate_limited') {
    const seconds = vendor.retryAfter ?? 30;
    return new RetryLater(`Slack asked to wait ${seconds} s before ${method}`, seconds * 1000);
  }
  if (vendor.code === ErrorCode.PlatformError && !PASSING.has(code)) {
    const needed = vendor.data?.needed ? ` (${vendor.data.needed})` : '';
    return new Refused(`${SENTENCES[code] ?? `Slack refused ${method}: ${code}.`}${needed}`, code);
  }
  if (vendor.code === ErrorCode.HTTPError) return new Error(`Slack answered ${method} with HTTP ${vendor.statusCode}`);
  if (vendor.code === ErrorCode.PlatformError) return new Error(`Slack could not do ${method}: ${code}`);
  return new Error(`Slack did not answer ${method}: ${vendor.message ?? 'no reason given'}`);
}
