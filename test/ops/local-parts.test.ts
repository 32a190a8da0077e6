import { describe, expect, it } from 'vitest';
import { webAddress } from '../../src/local/choose-ports.ts';
import { childEnvironment, type EnvironmentInput } from '../../src/local/environment.ts';
import { greeting } from '../../src/local/greeting.ts';
import { readOptions } from '../../src/local/options.ts';
import { chooseParts } from '../../src/local/parts.ts';

const nothing = {
  database: null,
  redis: null,
  slack: 'stand-in',
  github: 'stand-in',
  linear: 'stand-in',
  model: 'offline',
};
const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' };
const github = { GITHUB_TOKEN: 't', GITHUB_WEBHOOK_SECRET: 'w' };

describe('each part is chosen by its own keys', () => {
  it.each([
    ['nothing set', {}, {}],
    ['empty values count as not set', { SLACK_BOT_TOKEN: '', DATABASE_URL: '' }, {}],
    ['a database', { DATABASE_URL: 'postgres://u@h/d' }, { database: 'postgres://u@h/d' }],
    ['a Redis', { REDIS_URL: 'redis://h:6379' }, { redis: 'redis://h:6379' }],
    ['Slack by HTTP', slack, { slack: 'http' }],
    ['Slack by Socket Mode', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, { slack: 'socket' }],
    ['GitHub', github, { github: 'real' }],
    ['Linear', { LINEAR_API_KEY: 'lin_api_1' }, { linear: 'real' }],
    ['no workspace, so no Linear', { ...slack, ...github }, { slack: 'http', github: 'real', linear: 'off' }],
    ['a model', { ANTHROPIC_API_KEY: 'k' }, { model: 'anthropic' }],
    ['a mix', { ...slack, REDIS_URL: 'rediss://h' }, { slack: 'http', redis: 'rediss://h' }],
  ])('%s', (_, env, differs) => {
    expect(chooseParts(env)).toEqual({ parts: { ...nothing, ...differs }, problems: [] });
  });
});

it.each([
  [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /^SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN .* nor SLACK_SIGNING_SECRET/],
  [{ SLACK_APP_TOKEN: 'xapp-1' }, /^SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is not: set both/],
  [{ SLACK_SIGNING_SECRET: 's' }, /^SLACK_SIGNING_SECRET is set, but SLACK_BOT_TOKEN is not: set both/],
  [{ GITHUB_TOKEN: 't' }, /^GITHUB_TOKEN is set, but GITHUB_WEBHOOK_SECRET is not: set both/],
  [{ GITHUB_WEBHOOK_SECRET: 'w' }, /^GITHUB_WEBHOOK_SECRET is set, but GITHUB_TOKEN is not: set both/],
  [{ DATABASE_URL: 'mysql://h' }, /^DATABASE_URL is wrong: it looks like postgres:\/\//],
  [{ REDIS_URL: 'localhost' }, /^REDIS_URL is wrong: it looks like redis:\/\//],
  [{ ...slack, SLACK_BOT_TOKEN: 'xapp-1' }, /^SLACK_BOT_TOKEN is wrong: it looks like xoxb-/],
])('half a pair or a wrong value is a sentence: %o', (env, sentence) => {
  const { problems } = chooseParts(env);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(sentence);
});

describe('what web and worker are told', () => {
  const input = (own: Record<string, string>): EnvironmentInput => ({
    own,
    parts: chooseParts(own).parts,
    local: {
      webPort: 1,
      slackBotToken: 'xoxb-local',
      slackAppToken: 'xapp-local',
      slackSigningSecret: 'local-signing',
      githubToken: 'local-token',
      githubWebhookSecret: 'local-secret',
      linearKey: 'lin_api_local',
    },
    database: 'postgres://db',
    webPort: 4567,
    dataDir: '/data',
    scripts: '/scripts',
    slackApiUrl: 'http://sim/api/',
    githubApiUrl: 'http://sim/github/api/v3',
    githubGitUrl: 'http://sim/github',
    linearApiUrl: 'http://sim/linear/graphql',
  });

  it('leads to the stand-ins where nothing is set', () => {
    expect(childEnvironment(input({}))).toMatchInlineSnapshot(`
      {
        "DATABASE_URL": "postgres://db",
        "GITHUB_API_URL": "http://sim/github/api/v3",
        "GITHUB_GIT_URL": "http://sim/github",
        "GITHUB_TOKEN": "local-token",
        "GITHUB_WEBHOOK_SECRET": "local-secret",
        "HOST": "127.0.0.1",
        "LINEAR_API_KEY": "lin_api_local",
        "LINEAR_API_URL": "http://sim/linear/graphql",
        "LOCKSTEP_AGENT_SCRIPTS": "/scripts",
        "LOCKSTEP_AGENT_STEP_MS": "700",
        "LOCKSTEP_DATA": "/data",
        "LOG_LEVEL": "info",
        "NODE_COMPILE_CACHE": "/data/compile-cache",
        "PORT": "4567",
        "SLACK_API_URL": "http://sim/api/",
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": "local-signing",
      }
    `);
  });

  it('leaves what is real alone', () => {
    const env = childEnvironment(input({ ...slack, ...github }));
    expect(env).toMatchObject({ ...slack, ...github });
    expect(env).not.toHaveProperty('SLACK_API_URL');
    expect(env).not.toHaveProperty('GITHUB_API_URL');
    expect(env).not.toHaveProperty('GITHUB_GIT_URL');
    expect(env).not.toHaveProperty('LINEAR_API_URL');
  });

  it('lets a person choose the pace and the log level', () => {
    const env = childEnvironment(input({ LOCKSTEP_AGENT_STEP_MS: '5', LOG_LEVEL: 'debug' }));
    expect(env).toMatchObject({ LOCKSTEP_AGENT_STEP_MS: '5', LOG_LEVEL: 'debug' });
  });
});

it.each([
  ['', 'http://127.0.0.1:4567'],
  ['0.0.0.0', 'http://127.0.0.1:4567'],
  ['::', 'http://127.0.0.1:4567'],
  ['::1', 'http://[::1]:4567'],
  ['localhost', 'http://localhost:4567'],
])('HOST=%s: web is looked for where it listens', (HOST, url) => expect(webAddress({ HOST }, 4567)).toBe(url));

describe('the greeting', () => {
  const say = (env: Record<string, string>) =>
    greeting({
      parts: chooseParts(env).parts,
      url: 'http://127.0.0.1:4000',
      webUrl: 'http://127.0.0.1:3000',
      dataDir: '.data',
      channel: 'lockstep',
    });

  it('gives one address, who to be, and what to type', () => {
    expect(say({})).toMatchInlineSnapshot(`
      "Lockstep is ready: http://127.0.0.1:4000
      Act as Priya (product), Emil (engineering), Rosa (review) or Remo (release); type /ticket in #lockstep.
      Everything is local, data in .data. Ctrl-C stops."
    `);
  });

  it('names what is real and where it must be pointed', () => {
    expect(say({ ...slack, ...github, ANTHROPIC_API_KEY: 'k' })).toMatchInlineSnapshot(`
      "Lockstep is ready: http://127.0.0.1:4000
      Type /ticket in #lockstep of your Slack.
      Slack's Request URL must lead to http://127.0.0.1:3000/slack/events; GitHub's webhook must lead to http://127.0.0.1:3000/webhooks/github.
      Real: Slack, GitHub, Anthropic. Everything else is local, data in .data. Ctrl-C stops."
    `);
  });
});

describe('arguments', () => {
  const none = { repo: null, reset: false, yes: false, help: false };
  it.each([
    [[], none],
    [['--repo', '/x'], { ...none, repo: '/x' }],
    [['--repo=/x', '--reset', '--yes'], { ...none, repo: '/x', reset: true, yes: true }],
  ])('%j', (args, options) => expect(readOptions(args)).toEqual(options));

  it('refuses what it does not know, with what there is', () => {
    expect(readOptions(['--resett'])).toMatch(/^--resett is not known\. What there is:\nnpm start /);
    expect(readOptions(['--repo'])).toMatch(/^--repo needs the path/);
    expect(readOptions(['--repo', '--reset'])).toMatch(/^--repo needs the path/);
  });
});
