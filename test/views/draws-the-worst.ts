import { describe, expect, it } from 'vitest';
import { validateMessage, validateView } from '../../sim/slack/validate.ts';
import { harms } from '../harmless.ts';
import { ATTACKS, hostile } from './attacks.ts';
import { WORST } from './worst.ts';

/** Slack would take it, and nothing in it acts, hides or is cut in halves. */
function problems(drawn: unknown): string[] {
  const isView = typeof drawn === 'object' && drawn !== null && 'type' in drawn;
  const findings = isView ? validateView(drawn) : validateMessage(drawn as { text: string });
  return [...findings.map(({ pointer, message }) => `${pointer}: ${message}`), ...harms(drawn)];
}

/** Draws every view of the table with each of these attacks. */
export function drawsTheWorst(names: readonly string[]): void {
  const texts = names.map((name) => ({ name, text: hostile(ATTACKS[name]!) }));
  describe.each(Object.entries(WORST))('the worst data in views/%s', (_, draws) => {
    it.each(Object.entries(draws))('does no harm in %s', (_, draw) => {
      for (const { name, text } of texts) {
        const drawn = draw(text);
        expect(drawn.length).toBeGreaterThan(0);
        const [first, ...others] = drawn.flatMap(problems);
        expect(first, `${name}: this and ${others.length} more`).toBeUndefined();
      }
    });
  });
}
