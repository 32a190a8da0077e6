import { useEffect, useRef } from 'preact/hooks';

export interface Closable {
  open: boolean;
  close: () => void;
  /** The part of the page that it is; whatever holds the focus is closed first. */
  inside?: string;
  /** Where the focus goes afterwards: the first of these that is there. */
  focus: string[];
}

/** Escape closes one thing at a time. Pop-ups, dialogs and fields that are being edited keep the key for themselves. */
export function useEscape(things: Closable[]) {
  const latest = useRef(things);
  latest.current = things;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      const from = event.target as HTMLElement;
      // The browser empties a search field first.
      if (from instanceof HTMLInputElement && from.type === 'search' && from.value !== '') return;
      const open = latest.current.filter((thing) => thing.open);
      const thing = open.find((one) => one.inside && from.closest(one.inside)) ?? open[0];
      if (!thing) return;
      thing.close();
      requestAnimationFrame(() => {
        for (const selector of thing.focus) {
          const to = document.querySelector<HTMLElement>(selector);
          if (to) return to.focus({ preventScroll: true });
        }
      });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
