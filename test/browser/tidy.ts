import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Nothing sticks out to the right, every control has a name, and text stands out from what is behind it. */
export async function expectTidy(page: Page): Promise<void> {
  const wrong = await page.evaluate(() => {
    const outside = [...document.querySelectorAll<HTMLElement>('.stage *, .dialog *')].filter((it) => {
      const box = it.getBoundingClientRect();
      return box.right > innerWidth + 1 && box.width > 1 && !it.closest('.table-scroll, .sr, pre, .toolbar');
    });
    const nameless = [...document.querySelectorAll<HTMLElement>('button, a[href], input, textarea')].filter(
      (it) => !it.textContent?.trim() && !it.getAttribute('aria-label') && !(it as HTMLInputElement).labels?.length,
    );
    return [...outside, ...nameless].map((it) => it.outerHTML.slice(0, 160));
  });
  expect(wrong).toEqual([]);
}
