import type { Page } from 'playwright-core';

/** The three ways in which every surface is looked at. The name is what its picture's file name has besides. */
export const LOOKS = ['light', 'dark', 'phone'] as const;
export type Look = (typeof LOOKS)[number];

const PHONE = { width: 390, height: 844 };

/** Shows the page as it is now in each look, one after the other, and leaves it as it was. */
export async function inEveryLook(
  page: Page,
  see: (look: Look) => Promise<void>,
  looks: readonly Look[] = LOOKS,
): Promise<void> {
  const desk = page.viewportSize();
  try {
    for (const look of looks) {
      await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
      if (look === 'phone') await page.setViewportSize(PHONE);
      await drawn(page);
      await see(look);
    }
  } finally {
    await page.emulateMedia({ colorScheme: null });
    if (desk) await page.setViewportSize(desk);
    await drawn(page);
  }
}

/** Resolves when what was asked for is on the screen: drawers slide, pop-ups and charts measure themselves once more. */
const drawn = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    const moving = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moving.map((one) => one.finished));
    await frame();
    await frame();
  });
