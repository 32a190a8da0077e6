/**
 * One line of the doctor. `ok`: fine. `bad`: something does not work; `todo` says what to do. `note`: nothing is
 * wrong, but worth knowing, such as a stand-in in use.
 */
export interface Finding {
  mark: 'ok' | 'bad' | 'note';
  text: string;
  todo?: string;
}

export const ok = (text: string): Finding => ({ mark: 'ok', text });
export const bad = (text: string, todo: string): Finding => ({ mark: 'bad', text, todo });
export const note = (text: string, todo?: string): Finding => ({ mark: 'note', text, ...(todo ? { todo } : {}) });

/** What the checks know of this installation. */
export interface Patient {
  env: Readonly<Record<string, string | undefined>>;
  root: string;
  configDir: string;
  dataDir: string;
}

const SIGNS = { ok: '✓', bad: '✗', note: '–' } as const;

/** The lines of one section, ready to print. */
export function show(title: string, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ mark, text, todo }) => [
    `  ${SIGNS[mark]} ${text}`,
    ...(todo ? [`      ${todo}`] : []),
  ]);
  return [title, ...lines].join('\n');
}

/** Takes every secret out of a text, also in the form that it has inside an address. */
export function withoutSecrets(text: string, env: Patient['env']): string {
  const names = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET'];
  const secrets = [...names, 'LINEAR_API_KEY', 'ANTHROPIC_API_KEY'].map((name) => env[name]);
  for (const name of ['DATABASE_URL', 'REDIS_URL']) {
    const password = /:\/\/[^:@/]*:([^@/]+)@/.exec(env[name] ?? '')?.[1];
    secrets.push(password, password && safeDecode(password));
  }
  return secrets
    .filter((secret): secret is string => Boolean(secret))
    .sort((one, other) => other.length - one.length)
    .reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Why something could not be reached, in a few words. */
export function reason(error: unknown): string {
  const { name, message, code, cause } = error as Error & {
    code?: string;
    cause?: { code?: string; message?: string };
  };
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time';
  return cause?.code ?? code ?? cause?.message ?? message ?? String(error);
}
