import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { arrives, clicks, create, goes } from '../flows/crew.ts';
import { startLockstep } from '../flows/lockstep.ts';
import { production } from '../flows/story.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The ticket that a newcomer is told to type and paste. */
function ticketOfReadme(): { title: string; description: string; service: string } {
  const title = /type `\/ticket ([^`]+)`/.exec(readme)?.[1];
  const block = /( *)```gherkin\n([\s\S]*?)```/.exec(readme);
  if (!title || !block) throw new Error('README.md names no ticket');
  const description = block[2]!.replaceAll(new RegExp(`^${block[1]}`, 'gm'), '');
  return { title, description, service: /choose the service \*(\w+)\*/.exec(readme)![1]! };
}

it('what README tells a newcomer to do goes to production and back', async () => {
  const lockstep = await startLockstep({ inProduction: ['storefront'] });
  try {
    const key = await create(lockstep, ticketOfReadme());
    expect(await production(lockstep)).not.toMatch('Free shipping on orders');
    await goes(lockstep, key, 'deployed');
    expect(await production(lockstep)).toMatch('Free shipping on orders');
    await clicks(lockstep, key, 'remo', 'rollback');
    await arrives(lockstep, key, 'release');
    expect(await production(lockstep)).not.toMatch('Free shipping on orders');
  } finally {
    await lockstep.close();
  }
}, 240_000);
