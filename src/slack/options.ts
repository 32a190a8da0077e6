import type { IncomingMessage } from 'node:http';
import { type App, type AppOptions, AuthorizationError, type HTTPReceiverOptions } from '@slack/bolt';

/** How Bolt is set up; `web.ts` chooses the receiver. */

export interface SlackKeys {
  botToken: string;
  signingSecret: string;
  apiUrl: string;
}

/** Answers to people are worth nothing late: one try, two seconds, and a 429 blocks nobody else. */
const INTERACTIVE = { retryConfig: { retries: 0 }, timeout: 2000, rejectRateLimitedCalls: true } as const;
/** A view of 250 KB, percent-encoded, is the largest that Slack sends. */
export const SLACK_BODY_LIMIT = 2 * 1024 * 1024;
/** Slack's own rule for old timestamps, held for those from the future too. */
const MAX_SKEW_S = 5 * 60;

/** Options of `App`, without a receiver. No call to Slack is made before the first answer. */
export function slackAppOptions(keys: SlackKeys): AppOptions {
  return {
    // A fixed answer instead of `token`: Bolt would ask auth.test first, and a click must not depend on that.
    authorize: async () => ({ botToken: keys.botToken }),
    clientOptions: { slackApiUrl: keys.apiUrl, allowAbsoluteUrls: false, ...INTERACTIVE },
    convoStore: false,
    processBeforeResponse: true,
  };
}

/** Options of `HTTPReceiver`: the answer leaves when the listener is done, so a failed event is sent again by Slack. */
export function httpReceiverOptions(keys: SlackKeys): HTTPReceiverOptions {
  return {
    signingSecret: keys.signingSecret,
    endpoints: '/slack/events',
    processBeforeResponse: true,
    bodyLimit: SLACK_BODY_LIMIT,
    // Runs outside of Bolt's own error handling, so it only copies.
    customPropertiesExtractor: (request: IncomingMessage) => ({
      slackRequestTimestamp: request.headers['x-slack-request-timestamp'],
    }),
  };
}

/** Bolt refuses signatures that are too old; this refuses those that are too new, with 401 as well. */
export function refuseFutureTimestamps(app: App, now: () => Date): void {
  app.use(async ({ context, next }) => {
    const given = (context as { slackRequestTimestamp?: unknown }).slackRequestTimestamp;
    if (given !== undefined) {
      const ahead = Number(given) - now().getTime() / 1000;
      if (!(ahead <= MAX_SKEW_S)) {
        const reason = new Error('the timestamp of the signature lies in the future');
        throw new AuthorizationError(reason.message, reason);
      }
    }
    await next();
  });
}
