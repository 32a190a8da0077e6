import { join } from 'node:path';
import type { Local } from './data.ts';
import type { Parts } from './parts.ts';

/** Everything that the children's environment is made of. */
export interface EnvironmentInput {
  /** The environment of `npm start` itself, `.env` included. */
  own: Readonly<Record<string, string | undefined>>;
  parts: Parts;
  local: Local;
  database: string;
  webPort: number;
  dataDir: string;
  /** Where the scripts of the scripted agent are. */
  scripts: string;
  /** Addresses of the stand-ins; null for a part that is real. */
  slackApiUrl: string | null;
  githubApiUrl: string | null;
  githubGitUrl: string | null;
  linearApiUrl: string | null;
}

/**
 * What `web` and `worker` are told. They are the processes of production: whether an address behind a key is a
 * stand-in, they cannot know.
 */
export function childEnvironment(input: EnvironmentInput): Record<string, string> {
  const { own, parts, local } = input;
  const env: Record<string, string | undefined> = {
    // What people set wins over these.
    HOST: '127.0.0.1',
    LOCKSTEP_AGENT_SCRIPTS: input.scripts,
    LOCKSTEP_AGENT_STEP_MS: '700',
    LOG_LEVEL: 'info',
    // Loading our code is most of a restart; with this Node keeps what it compiled.
    NODE_COMPILE_CACHE: join(input.dataDir, 'compile-cache'),
    ...withoutEmpty(own),
    DATABASE_URL: input.database,
    PORT: String(input.webPort),
    LOCKSTEP_DATA: input.dataDir,
  };
  if (parts.slack === 'stand-in') {
    env.SLACK_BOT_TOKEN = local.slackBotToken;
    env.SLACK_SIGNING_SECRET = local.slackSigningSecret;
    env.SLACK_API_URL = input.slackApiUrl ?? undefined;
  }
  if (parts.github === 'stand-in') {
    env.GITHUB_TOKEN = local.githubToken;
    env.GITHUB_WEBHOOK_SECRET = local.githubWebhookSecret;
    env.GITHUB_API_URL = input.githubApiUrl ?? undefined;
    env.GITHUB_GIT_URL = input.githubGitUrl ?? undefined;
  }
  if (parts.linear === 'stand-in') {
    env.LINEAR_API_KEY = local.linearKey;
    env.LINEAR_API_URL = input.linearApiUrl ?? undefined;
  }
  return withoutEmpty(env);
}

function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
