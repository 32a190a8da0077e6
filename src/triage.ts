import type { Logger } from 'pino';
import { Refused } from './integrations/errors.ts';
import type { SlackApi } from './integrations/slack.ts';
import { loop } from './pace.ts';
import type { Triage } from './slack/input.ts';

const AGAIN_MS = 10_000;

/** Finds the channels, and joins them, because Slack tells of no others. Goes on asking while Slack does not answer. */
export function startTriage(
  channels: readonly string[],
  { slack, log }: { slack: Pick<SlackApi, 'channelId'>; log: Logger },
): Triage & { stop(): Promise<void> } {
  const found = new Set<string>();
  const open = new Set(channels);
  let first: Promise<void> | null = null;

  async function look(): Promise<void> {
    for (const name of open) {
      try {
        found.add(await slack.channelId(name));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.warn({ channel: name, reason: error.message }, 'no alerts from this triage channel');
      }
      open.delete(name);
    }
  }

  const looking = loop(log, 'triage channels', AGAIN_MS, async () => {
    if (open.size === 0) return;
    const round = look();
    first ??= round.catch(() => {});
    await round;
  });
  return {
    channels,
    async has(channelId) {
      await first;
      if (found.has(channelId)) return true;
      if (open.size > 0) throw new Error('the triage channels are not known yet');
      return false;
    },
    stop: () => looking.stop(),
  };
}
