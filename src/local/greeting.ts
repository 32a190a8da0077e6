import type { Parts } from './parts.ts';

export interface GreetingInput {
  parts: Parts;
  /** The one address to open. */
  url: string;
  webUrl: string;
  dataDir: string;
  channel: string;
}

/** What is printed when everything runs: one address, who to be and what to type, what is real. */
export function greeting(input: GreetingInput): string {
  const { parts, channel } = input;
  const lines = [`Lockstep is ready: ${input.url}`];
  if (parts.slack === 'stand-in') {
    lines.push(
      `Act as Priya (product), Emil (engineering), Rosa (review) or Remo (release); type /ticket in #${channel}.`,
    );
  } else {
    lines.push(`Type /ticket in #${channel} of your Slack.`);
  }
  const outside = [
    parts.slack === 'http' ? `Slack's Request URL must lead to ${input.webUrl}/slack/events` : '',
    parts.github === 'real' ? `GitHub's webhook must lead to ${input.webUrl}/webhooks/github` : '',
  ].filter(Boolean);
  if (outside.length > 0) lines.push(`${outside.join('; ')}.`);
  const real = [
    parts.slack === 'stand-in' ? '' : 'Slack',
    parts.github === 'real' ? 'GitHub' : '',
    parts.linear === 'real' ? 'Linear' : '',
    parts.model === 'anthropic' ? 'Anthropic' : '',
    parts.database ? 'your PostgreSQL' : '',
    parts.redis ? 'your Redis' : '',
  ].filter(Boolean);
  lines.push(
    `${real.length > 0 ? `Real: ${real.join(', ')}. Everything else` : 'Everything'} is local, data in ${input.dataDir}. Ctrl-C stops.`,
  );
  return lines.join('\n');
}
