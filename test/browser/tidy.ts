import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inEveryLook, type Look } from './looks.ts';

/**
 * Nothing sticks out, every control has a name, text stands out from what is behind it (WCAG AA), and no text is cut
 * without an ellipsis and a way to read the rest. `where` is said when it is not so.
 */
export async function expectTidy(page: Page, where = page.url()): Promise<void> {
  const wrong = await page.evaluate(untidy);
  expect(wrong.map((one) => `${where}: ${one}`)).toEqual([]);
}

/** The same in the light, in the dark and on a phone. */
export async function expectTidyEverywhere(page: Page, name: string): Promise<void> {
  const wrong: string[] = [];
  await inEveryLook(page, async (look: Look) => {
    const found = await page.evaluate(untidy);
    wrong.push(...found.map((one) => `${name}, ${look}: ${one}`));
  });
  expect(wrong).toEqual([]);
}

/** Runs in the page, so it stands by itself. */
export function untidy(): string[] {
  const shown = (it: Element): boolean =>
    it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !it.closest('.sr, [inert]');
  const all = [...document.body.querySelectorAll<HTMLElement>('*')].filter(shown);
  const named = (it: HTMLElement): string => `<${it.tagName.toLowerCase()} class="${it.getAttribute('class') ?? ''}">`;
  const words = (it: Element): string => (it.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 60);
  const styles = new Map<Element, CSSStyleDeclaration>();
  const styleOf = (it: Element): CSSStyleDeclaration => {
    const known = styles.get(it) ?? getComputedStyle(it);
    styles.set(it, known);
    return known;
  };
  const above = (it: Element): Element[] => {
    const found: Element[] = [];
    for (let up = it.parentElement; up; up = up.parentElement) found.push(up);
    return found;
  };
  /** The text of an element itself, where it is on the screen. */
  const ownText = (it: Element): Text[] =>
    [...it.childNodes].filter((kid) => kid instanceof Text).filter((kid) => kid.data.trim() !== '');

  return [...all.flatMap(outside), ...all.flatMap(nameless), ...all.flatMap(faint), ...all.flatMap(cut), ...shouting()];

  /** What scrolls sideways can be reached; in the rest of the page it is lost. */
  function outside(it: HTMLElement): string[] {
    const box = it.getBoundingClientRect();
    // A drawing is as wide as its frame; its strokes are not looked at one by one.
    if (it.closest('svg') !== null && !it.matches('svg')) return [];
    if (box.width <= 1 || (box.right <= innerWidth + 1 && box.left >= -1)) return [];
    const reached = above(it).some(
      (up) => /auto|scroll/.test(styleOf(up).overflowX) && up.scrollWidth > up.clientWidth,
    );
    return reached ? [] : [`sticks out: ${named(it)} ${words(it)} in ${named(it.parentElement!)}`];
  }

  function nameless(it: HTMLElement): string[] {
    if (it.matches('img')) return it.hasAttribute('alt') ? [] : [`a picture without words: ${named(it)}`];
    if (!it.matches('button, a[href], input, textarea, select, summary, [role=button], [role=combobox], [role=tab]'))
      return [];
    const field = it.matches('input, textarea, select');
    const said = [it.getAttribute('aria-label'), field ? '' : words(it), it.getAttribute('title')];
    const by = (it.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => document.getElementById(id));
    const labels = [...((it as HTMLInputElement).labels ?? []), ...by];
    const pictures = [...it.querySelectorAll('img')].map((picture) => picture.alt);
    return [...said, ...labels.map((label) => label && words(label)), ...pictures].some((text) => text?.trim())
      ? []
      : [`has no name: ${it.outerHTML.slice(0, 140)}`];
  }

  type Colour = [red: number, green: number, blue: number, alpha: number];

  /** Any colour that CSS can say, as numbers. */
  function colour(css: string): Colour {
    const plain = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(css);
    if (plain) return [Number(plain[1]), Number(plain[2]), Number(plain[3]), Number(plain[4] ?? 1)];
    const pen = new OffscreenCanvas(1, 1).getContext('2d')!;
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  function over([red, green, blue, alpha]: Colour, below: Colour): Colour {
    const mix = (one: number, other: number) => one * alpha + other * (1 - alpha);
    return [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), 1];
  }

  /** What may lie behind an element: one colour, or each of those that a gradient goes through. */
  function behind(it: Element): Colour[] {
    const { backgroundColor, backgroundImage } = styleOf(it);
    const stops = backgroundImage.match(/rgba?\([^)]+\)/g)?.map(colour) ?? [];
    const own = colour(backgroundColor);
    if (stops.length > 0 && stops.every((stop) => stop[3] === 1)) return stops;
    if (own[3] === 1) return [own];
    const parent = it.parentElement;
    const below = parent ? behind(parent) : [[255, 255, 255, 1] as Colour];
    return own[3] === 0 ? below : below.map((one) => over(own, one));
  }

  function light([red, green, blue]: Colour): number {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one: Colour, other: Colour): number {
    const [more = 0, less = 0] = [light(one), light(other)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  }

  function faint(it: HTMLElement): string[] {
    const field = it.matches('input, textarea') ? (it as HTMLInputElement) : undefined;
    const hint = field !== undefined && field.value === '' && field.placeholder !== '';
    // What cannot be used now may be faint, and so may what only decorates.
    if (it.matches(':disabled, [aria-disabled=true], :disabled *, [aria-hidden=true] *')) return [];
    if (ownText(it).length === 0 && !hint && !field?.value) return [];
    const style = hint ? getComputedStyle(it, '::placeholder') : styleOf(it);
    const drawing = it instanceof SVGElement && it.closest('svg') !== null;
    const see = [it, ...above(it)].reduce((sofar, one) => sofar * Number(styleOf(one).opacity), 1);
    const inks = style.backgroundClip === 'text' ? behind(it) : [colour(drawing ? style.fill : style.color)];
    const grounds = style.backgroundClip === 'text' ? behind(it.parentElement!) : behind(it);
    const size = Number.parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const pairs = inks.flatMap(([red, green, blue, alpha]) =>
      grounds.map((ground) => contrast(over([red, green, blue, alpha * see], ground), ground)),
    );
    const got = Math.min(...pairs);
    // The last digit is a matter of rounding.
    return got >= wanted - 0.01 ? [] : [`faint (${got.toFixed(2)}): ${named(it)} ${words(it) || field?.placeholder}`];
  }

  /** Text that some box cuts off. A box that scrolls shows it in the end; one with an ellipsis has to say it all. */
  function cut(it: HTMLElement): string[] {
    const texts = ownText(it);
    if (texts.length === 0 || it instanceof SVGElement) return [];
    const range = document.createRange();
    const boxes = texts.flatMap((text) => {
      range.selectNodeContents(text);
      return [...range.getClientRects()];
    });
    for (const up of [it, ...above(it)]) {
      const { overflowX, overflowY, textOverflow, webkitLineClamp, position } = styleOf(up);
      if (/auto|scroll/.test(overflowX + overflowY)) return [];
      if (overflowX !== 'visible' || overflowY !== 'visible') {
        const box = up.getBoundingClientRect();
        const lost = boxes.some(
          (text) => text.width > 1 && (text.right > box.right + 1.5 || text.bottom > box.bottom + 4),
        );
        // "Show more" stands below it.
        if (lost && up.nextElementSibling?.matches('[aria-expanded]')) return [];
        if (lost && textOverflow !== 'ellipsis' && webkitLineClamp === 'none')
          return [`cut: ${named(it)} ${words(it)}`];
        if (lost && !it.closest('[title]')) return [`shortened without a title: ${named(it)} ${words(it)}`];
        if (lost) return [];
      }
      if (position === 'fixed') return [];
    }
    return [];
  }

  /** One thing is asked first: at most one primary button in a message and in a form. */
  function shouting(): string[] {
    return [...document.querySelectorAll<HTMLElement>('.msg, .dialog, .card form')]
      .filter((it) => shown(it) && [...it.querySelectorAll('.btn-primary, .go')].filter(shown).length > 1)
      .map((it) => `more than one primary button: ${named(it)} ${words(it)}`);
  }
}
