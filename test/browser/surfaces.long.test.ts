import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { showHome, showTicket, type Tour } from '../../docs/screenshots/tour.ts';
import { openBrowser } from '../browser.ts';
import { type Lockstep, sampleTickets, startLockstep } from '../flows/lockstep.ts';
import { liveThrough } from './lives.ts';
import { inEveryLook } from './looks.ts';
import { month } from './month.ts';
import { type Name, type Person, sitDown } from './people.ts';
import { untidy } from './tidy.ts';

/** Every surface of which a picture is taken is tidy: in the light, in the dark and on a phone. */

let browser: Browser;
let lockstep: Lockstep;
const seated: Person[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  return () => browser.close();
});
afterEach(async () => {
  await Promise.all(seated.splice(0).map((person) => person.close()));
  await lockstep?.close();
});

/** All that is wrong anywhere is told at once, after the whole tour. */
async function untidyOn(show: (tour: Omit<Tour, 'tickets'>) => Promise<void>): Promise<string[]> {
  const wrong: string[] = [];
  const seat = async (name: Name): Promise<Page> => {
    const person = await sitDown(browser, lockstep.url, name);
    seated.push(person);
    return person.page;
  };
  await show({
    seat,
    async see(page, name, sight = {}) {
      // The sample shop is not ours.
      if (sight.looks) return;
      await inEveryLook(page, async (look) => {
        wrong.push(...(await page.evaluate(untidy)).map((one) => `${name}, ${look}: ${one}`));
      });
    },
  });
  return [...wrong, ...seated.flatMap((person) => person.complaints)];
}

it('a ticket on its way to production and back', { timeout: 400_000 }, async () => {
  const slackPace = { rateLimits: false };
  lockstep = await startLockstep({ inProduction: ['storefront'], slackPace });
  const tickets = await sampleTickets();
  expect(await untidyOn((tour) => showTicket({ ...tour, tickets }))).toEqual([]);
});

it('Home, with a month behind it', async () => {
  lockstep = await startLockstep({ start: false, slackPace: { rateLimits: false } });
  await liveThrough(lockstep.database.url, month);
  await lockstep.startWeb();
  await lockstep.startWorker();
  expect(await untidyOn(showHome)).toEqual([]);
});
