/** Which parts of the product are real in this start, and which are stand-ins of the local workspace. */
export interface Parts {
  /** null: the embedded PostgreSQL. */
  database: string | null;
  /** null: the queue lives in the database. */
  redis: string | null;
  slack: 'stand-in' | 'http' | 'socket';
  github: 'stand-in' | 'real';
  /** The stand-in is part of the local workspace; without that there are no milestones. */
  linear: 'stand-in' | 'real' | 'off';
  model: 'offline' | 'anthropic';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads which keys are set. Each part is chosen by itself, so any mix works. A half-set pair or a value that cannot be
 * one is a sentence: better than a stand-in where somebody believed to have the real thing.
 */
export function chooseParts(env: Environment): { parts: Parts; problems: string[] } {
  const set = (name: string): string | null => env[name] || null;
  const problems: string[] = [];
  const shaped = (name: string, shape: RegExp, like: string) => {
    const value = set(name);
    if (value && !shape.test(value)) problems.push(`${name} is wrong: it looks like ${like}.`);
  };
  shaped('DATABASE_URL', /^postgres(ql)?:\/\//, 'postgres://user:password@host:5432/database');
  shaped('REDIS_URL', /^rediss?:\/\//, 'redis://host:6379');
  shaped('SLACK_BOT_TOKEN', /^xoxb-/, 'xoxb-…');
  shaped('SLACK_APP_TOKEN', /^xapp-/, 'xapp-…');

  const bot = set('SLACK_BOT_TOKEN');
  const signing = set('SLACK_SIGNING_SECRET');
  const app = set('SLACK_APP_TOKEN');
  if (bot && !signing && !app) {
    problems.push(
      'SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (events by Socket Mode, no public address) nor SLACK_SIGNING_SECRET (events by HTTP): set one of them, or none of the three for the local Slack.',
    );
  }
  if (!bot && (signing || app)) {
    const name = app ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET';
    problems.push(`${name} is set, but SLACK_BOT_TOKEN is not: set both, or none of them for the local Slack.`);
  }

  const token = set('GITHUB_TOKEN');
  const secret = set('GITHUB_WEBHOOK_SECRET');
  if (!token !== !secret) {
    const [has, lacks] = token ? ['GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET'] : ['GITHUB_WEBHOOK_SECRET', 'GITHUB_TOKEN'];
    problems.push(`${has} is set, but ${lacks} is not: set both, or none of them for the local GitHub.`);
  }

  const slack = bot ? (app ? 'socket' : 'http') : 'stand-in';
  const github = token ? 'real' : 'stand-in';
  const workspace = slack === 'stand-in' || github === 'stand-in';
  const parts: Parts = {
    database: set('DATABASE_URL'),
    redis: set('REDIS_URL'),
    slack,
    github,
    linear: set('LINEAR_API_KEY') ? 'real' : workspace ? 'stand-in' : 'off',
    model: set('ANTHROPIC_API_KEY') ? 'anthropic' : 'offline',
  };
  return { parts, problems };
}
