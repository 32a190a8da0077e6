import type { Settings } from '../config.ts';
import { ask } from './ask.ts';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';

export async function checkModel({ env }: Patient, settings: Settings | null): Promise<Finding[]> {
  const key = env.ANTHROPIC_API_KEY;
  if (!key) return [note('ANTHROPIC_API_KEY is not set: drafts are written offline, from facts and the ticket only')];
  const api = (env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com').replace(/\/$/, '');
  const models = settings ? [...new Set([settings.model.default, ...Object.values(settings.model.skills)])] : [];
  try {
    const findings: Finding[] = [];
    for (const model of models) {
      const { status } = await ask(`${api}/v1/models/${encodeURIComponent(model)}`, {
        headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
      });
      if (status === 401 || status === 403) {
        return [
          bad(`Anthropic refuses ANTHROPIC_API_KEY (${status})`, 'Make a new key at https://console.anthropic.com.'),
        ];
      }
      if (status === 404)
        findings.push(bad(`Anthropic has no model ${model}`, 'Correct `model` in config/lockstep.yml.'));
      else if (status !== 200)
        findings.push(note(`Anthropic answered ${status} about ${model}`, 'Try again in a moment.'));
      else findings.push(ok(`the model ${model} can be used`));
    }
    return findings;
  } catch (error) {
    return [bad(`Anthropic cannot be asked: ${reason(error)}`, `Can this machine reach ${new URL(api).origin}?`)];
  }
}
