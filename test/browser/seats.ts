import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { type Name, sitDown } from './people.ts';

export type Seat = (name: Name, options?: BrowserContextOptions) => Promise<Page>;

/** People for one test, who leave when it ends. Whatever the browser complains about fails it. */
export const seats =
  (where: () => { browser: Browser; url: string }): Seat =>
  async (name, options) => {
    const { browser, url } = where();
    const person = await sitDown(browser, url, name, options);
    onTestFinished(async () => {
      await person.close();
      expect(person.complaints).toEqual([]);
    });
    return person.page;
  };
