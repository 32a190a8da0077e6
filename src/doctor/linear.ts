import { chooseParts } from '../local/parts.ts';
import { ask } from './ask.ts';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';

export async function checkLinear({ env }: Patient): Promise<Finding[]> {
  const { linear } = chooseParts(env).parts;
  if (linear === 'stand-in') return [note('LINEAR_API_KEY is not set: using the local Linear')];
  if (linear === 'off') return [note('LINEAR_API_KEY is not set: there is no `/ticket milestone`')];
  const api = env.LINEAR_API_URL || 'https://api.linear.app/graphql';
  try {
    const { status, body } = await ask(api, {
      method: 'POST',
      headers: { authorization: env.LINEAR_API_KEY!, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { name organization { name } } }' }),
    });
    const { data, errors } = (body ?? {}) as Answer;
    if (data) return [ok(`Linear knows us as ${data.viewer.name} in ${data.viewer.organization.name}`)];
    const code = errors?.[0]?.extensions?.code;
    if (status === 429 || code === 'RATELIMITED') {
      return [note('Linear asks us to slow down, so the key was not checked', 'Try again in a while.')];
    }
    if (status === 401 || status === 403 || code === 'AUTHENTICATION_ERROR') {
      const todo = 'Make a new one in Linear: Settings, Security & access, Personal API keys. It needs to read only.';
      return [bad(`Linear refuses LINEAR_API_KEY (${status})`, todo)];
    }
    return [note(`Linear answered ${status}`, 'Try again; see https://linearstatus.com.')];
  } catch (error) {
    return [bad(`Linear cannot be asked: ${reason(error)}`, `Can this machine reach ${new URL(api).origin}?`)];
  }
}

interface Answer {
  data?: { viewer: { name: string; organization: { name: string } } };
  errors?: { extensions?: { code?: string } }[];
}
