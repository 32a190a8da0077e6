import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveRoles } from '../../jobs/sync-people.ts';
import type { Settings } from '../config.ts';
import { createSlackApi, type SlackApi } from '../integrations/slack.ts';
import { chooseParts } from '../local/parts.ts';
import { ask } from './ask.ts';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';

const INSTALL = 'Change the app at https://api.slack.com/apps (docs/slack.md), then install it again.';

export async function checkSlack(patient: Patient, settings: Settings | null): Promise<Finding[]> {
  const { env } = patient;
  const { parts, problems } = chooseParts(env);
  const wrong = problems.filter((problem) => problem.startsWith('SLACK_'));
  if (wrong.length > 0) return wrong.map((problem) => bad(problem, 'docs/slack.md says where each one is found.'));
  if (parts.slack === 'stand-in') return [note('SLACK_BOT_TOKEN is not set: using the local Slack')];
  const api = env.SLACK_API_URL || 'https://slack.com/api/';
  try {
    const { findings, works } = await checkToken(api, env.SLACK_BOT_TOKEN!, patient.root);
    if (env.SLACK_APP_TOKEN) findings.push(await checkAppToken(api, env.SLACK_APP_TOKEN));
    else findings.push(note('events come by HTTP: the Request URLs of the app must lead to /slack/events of `web`'));
    if (works && settings) {
      const client = createSlackApi(
        { botToken: env.SLACK_BOT_TOKEN!, apiUrl: api },
        { info: () => {}, warn: () => {} },
      );
      findings.push(
        ...(await checkRoles(client, settings)),
        await checkChannel(api, env.SLACK_BOT_TOKEN!, settings.channel, CARDS),
        ...(await Promise.all(settings.triage.map((name) => checkChannel(api, env.SLACK_BOT_TOKEN!, name, TRIAGE)))),
      );
    }
    return findings;
  } catch (error) {
    return [bad(`Slack cannot be asked: ${reason(error)}`, `Can this machine reach ${new URL(api).origin}?`)];
  }
}

function call(api: string, method: string, token: string, params: Record<string, string> = {}) {
  return ask(`${api}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  });
}

async function checkToken(api: string, token: string, root: string): Promise<{ findings: Finding[]; works: boolean }> {
  const { status, headers, body } = await call(api, 'auth.test', token);
  const said = body as { ok?: boolean; error?: string; team?: string; user?: string } | null;
  if (!said?.ok) {
    const todo = 'Copy the Bot User OAuth Token (xoxb-…) again: OAuth & Permissions of the app. Was the app removed?';
    return { findings: [bad(`Slack refuses SLACK_BOT_TOKEN: ${said?.error ?? `HTTP ${status}`}`, todo)], works: false };
  }
  const granted = (headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim());
  const missing = wantedScopes(root).filter((scope) => !granted.includes(scope));
  return {
    findings: [
      ok(`Slack knows us as @${said.user} in ${said.team}`),
      missing.length > 0
        ? bad(`the app lacks the scopes ${missing.join(', ')}`, INSTALL)
        : ok('all scopes of slack-manifest.json are granted'),
    ],
    works: true,
  };
}

function wantedScopes(root: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'slack-manifest.json'), 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } };
  };
  return manifest.oauth_config.scopes.bot;
}

async function checkAppToken(api: string, token: string): Promise<Finding> {
  const { status, body } = await call(api, 'apps.connections.open', token);
  const said = body as { ok?: boolean; error?: string } | null;
  if (said?.ok) return ok('Socket Mode opens');
  return bad(
    `Slack refuses SLACK_APP_TOKEN: ${said?.error ?? `HTTP ${status}`}`,
    'Switch Socket Mode on, and make an app-level token with connections:write (Basic Information of the app).',
  );
}

async function checkRoles(client: SlackApi, settings: Settings): Promise<Finding[]> {
  try {
    const [users, groups] = await Promise.all([client.users(), client.userGroups()]);
    const people = users.filter((user) => !user.bot);
    const { problems } = resolveRoles(settings.roles, people, groups);
    if (problems.length === 0) return [ok(`every role of lockstep.yml is held by somebody (${people.length} people)`)];
    const todo = 'Make the user group in Slack, or name people (U…) in config/lockstep.yml.';
    return problems.map((problem) => (problem.includes(' does not count ') ? note(problem) : bad(problem, todo)));
  } catch (error) {
    return [bad(`people and user groups cannot be read: ${(error as Error).message}`, INSTALL)];
  }
}

/** What a channel is for: the key in lockstep.yml, and when Lockstep joins it. */
interface Use {
  key: string;
  joins: string;
}
const CARDS: Use = { key: 'channel', joins: 'It joins with the first ticket' };
const TRIAGE: Use = { key: 'triage', joins: 'It joins when `web` starts' };

async function checkChannel(api: string, token: string, wanted: string, use: Use): Promise<Finding> {
  const name = wanted.replace(/^#/, '');
  let cursor = '';
  do {
    const params = { types: 'public_channel,private_channel', exclude_archived: 'true', limit: '200', cursor };
    const { body } = await call(api, 'conversations.list', token, params);
    const page = body as {
      ok?: boolean;
      error?: string;
      channels?: { id: string; name: string; is_member?: boolean; is_private?: boolean }[];
      response_metadata?: { next_cursor?: string };
    };
    if (!page?.ok) return bad(`channels cannot be listed: ${page?.error ?? 'no answer'}`, INSTALL);
    const found = page.channels?.find((channel) => channel.name === name || channel.id === wanted);
    if (found?.is_member) return ok(`Lockstep is in #${found.name}`);
    if (found) return note(`Lockstep is not in #${found.name} yet`, `${use.joins}; or type /invite @lockstep there.`);
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor);
  return bad(
    `there is no channel #${name} that Lockstep can see`,
    `Make it, or change \`${use.key}\` in config/lockstep.yml. Lockstep must be invited to a private one.`,
  );
}
