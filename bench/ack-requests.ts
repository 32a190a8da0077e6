import { randomUUID } from 'node:crypto';
import { pack, type Target } from '../views/values.ts';

/** What Slack posts, in its own shapes, each with a trigger of its own. */

export const commandBody = (title: string): string =>
  new URLSearchParams({
    token: 'unused',
    team_id: 'T01ACME',
    team_domain: 'acme',
    channel_id: 'C01LOCKSTEP',
    channel_name: 'lockstep',
    user_id: 'UENG',
    user_name: 'erin',
    command: '/ticket',
    text: `new ${title}`,
    api_app_id: 'A01LOCKSTEP',
    is_enterprise_install: 'false',
    response_url: 'https://hooks.slack.test/commands/1',
    trigger_id: randomUUID(),
  }).toString();

/** A click on Approve under a message of the usual size, about three kilobytes. */
export function approveBody(target: Target, user: string): string {
  const value = pack(target);
  const section = (text: string) => ({
    type: 'section',
    block_id: text,
    text: { type: 'mrkdwn', text: text.repeat(20) },
  });
  const button = { type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' }, value };
  return new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: user, username: 'erin', name: 'erin', team_id: 'T01ACME' },
      api_app_id: 'A01LOCKSTEP',
      token: 'unused',
      container: { type: 'message', message_ts: '1.1', channel_id: 'C01LOCKSTEP', is_ephemeral: false },
      trigger_id: randomUUID(),
      team: { id: 'T01ACME', domain: 'acme' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: 'C01LOCKSTEP', name: 'lockstep' },
      message: {
        type: 'message',
        ts: '1.1',
        user: 'UBOT',
        text: 'LS-1',
        blocks: [
          ...['What it is about.', 'What is missing.', 'Who decides.'].map(section),
          { type: 'actions', elements: [button] },
        ],
      },
      response_url: 'https://hooks.slack.test/actions/1',
      actions: [{ ...button, block_id: 'decide', action_ts: '1.2' }],
    }),
  }).toString();
}
