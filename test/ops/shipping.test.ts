import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importsOf } from '../imports.ts';
import { SlackManifest } from './slack-manifest.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const json = (file: string) => JSON.parse(read(file));

describe('the Slack manifest asks for what the code uses', () => {
  const manifest = json('slack-manifest.json');
  const listeners = ['listeners', 'events', 'commands', 'subcommands']
    .map((name) => read(`src/slack/${name}.ts`))
    .join('\n');

  it('shortcuts', () => {
    const ids = manifest.features.shortcuts.map((shortcut: { callback_id: string }) => shortcut.callback_id).sort();
    const table = /const SHORTCUTS\b[\s\S]*?= \{\n([\s\S]*?)\n\};/.exec(listeners)?.[1] ?? '';
    const handled = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, id]) => id).sort();
    expect(ids).toEqual(handled);
  });

  it('events', () => {
    const table = /const EVENTS\b[\s\S]*?= \{\n([\s\S]*?)\n\};/.exec(listeners)?.[1] ?? '';
    const handled = [...table.matchAll(/^ {2}(?:async )?['"]?([\w.]+)['"]?\s*[:(,]/gm)].map(([, name]) => name).sort();
    expect(manifest.settings.event_subscriptions.bot_events.sort()).toEqual(handled);
  });

  it('the command, with its subcommands in the hint', () => {
    expect(manifest.features.slash_commands.map((one: { command: string }) => one.command)).toEqual(['/ticket']);
    expect(listeners).toMatch("'/ticket'");
    for (const word of manifest.features.slash_commands[0].usage_hint.match(/[a-z]+(?= |\]|$)/g)) {
      if (!['title', 'words'].includes(word)) expect(listeners).toMatch(`'${word}'`);
    }
  });

  it('a scope for every method that is called', () => {
    const sources = ['slack', 'slack-errors'].map((name) => read(`src/integrations/${name}.ts`)).join('\n');
    const needs: Record<string, string[]> = {
      'chat.postMessage': ['chat:write'],
      'conversations.history': ['channels:history', 'groups:history'],
      'conversations.join': ['channels:join'],
      'conversations.list': ['channels:read', 'groups:read'],
      'users.list': ['users:read'],
      'usergroups.list': ['usergroups:read'],
    };
    const used = Object.entries(needs).filter(([method]) => sources.includes(method));
    expect(used.map(([method]) => method)).toEqual(Object.keys(needs));
    const scopes = [...used.flatMap(([, list]) => list), 'commands', 'app_mentions:read'].sort();
    expect(manifest.oauth_config.scopes.bot).toEqual(scopes);
  });
});

describe('the Slack manifest is one that Slack takes', () => {
  const problems = (manifest: unknown) =>
    (SlackManifest.safeParse(manifest).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('as it is', () => expect(problems(json('slack-manifest.json'))).toEqual([]));

  it.each<[string, (manifest: ReturnType<typeof json>) => void, RegExp]>([
    ['a key that Slack does not know', (m) => (m.settings.socket_mode = true), /^settings: .*"socket_mode"/],
    [
      'a name that is too long',
      (m) => (m.features.shortcuts[0].name = 'x'.repeat(25)),
      /^features\.shortcuts\.0\.name:/,
    ],
    [
      'a command without its slash',
      (m) => (m.features.slash_commands[0].command = 'ticket'),
      /slash_commands\.0\.command:/,
    ],
    [
      'a long description that is too short',
      (m) => (m.display_information.long_description = 'x'),
      /long_description:/,
    ],
    ['the same event twice', (m) => m.settings.event_subscriptions.bot_events.push('app_mention'), /bot_events: twice/],
  ])('and not with %s', (_, spoil, problem) => {
    const manifest = json('slack-manifest.json');
    spoil(manifest);
    expect(problems(manifest)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('Procfile and compose', () => {
  const procfile = Object.fromEntries(
    read('Procfile')
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  );
  const compose = parse(read('docker-compose.yml'), { merge: true });

  it('run entry points that exist', () => {
    expect(Object.keys(procfile)).toEqual(['release', 'web', 'worker']);
    for (const [name, command] of Object.entries(procfile)) {
      expect(existsSync(join(ROOT, command.replace(/^node /, '')))).toBe(true);
      expect(compose.services[name].command.join(' ')).toBe(command);
    }
  });

  it('migrate before anything starts, on healthy servers', () => {
    expect(compose.services.release.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['web', 'worker']) {
      expect(compose.services[name].depends_on).toEqual({
        release: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    }
    for (const name of ['postgres', 'redis', 'web']) expect(compose.services[name].healthcheck.test).toBeDefined();
    expect(compose.services.release.restart).toBe('no');
  });

  it('never let Redis throw jobs away', () => {
    expect(compose.services.redis.command.join(' ')).toMatch('--maxmemory-policy noeviction');
  });
});

it('the image has the Node of the lock file, no root, and nothing of development', () => {
  const dockerfile = read('Dockerfile');
  const major = json('package.json').dependencies.node.split('.')[0];
  expect(dockerfile).toMatch(`FROM node:${major}-slim`);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch('npm ci --omit=dev');
  for (const path of ['.git', '.data', '.env', 'node_modules'])
    expect(read('.dockerignore').split('\n')).toContain(path);
});

it('every package of the production image is a dependency, not a development one', () => {
  const { dependencies } = json('package.json');
  const local = /^src\/(local|embedded)/;
  const files = ['src', 'jobs', 'views', 'migrations']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((file) => file.endsWith('.ts') && !local.test(file));
  const missing = files.flatMap((file) =>
    importsOf(read(file))
      .filter(({ specifier, typeOnly }) => !typeOnly && /^[@a-z]/.test(specifier) && !specifier.startsWith('node:'))
      .map(({ specifier }) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !(name in dependencies))
      .map((name) => `${file}: ${name}`),
  );
  expect(missing).toEqual([]);
});
