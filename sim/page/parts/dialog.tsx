import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  label: string;
  onClose: () => void;
  class?: string;
  /** Draws nothing over what is behind: another dialog lies on top of this one. */
  below?: boolean;
  /** A question lies on top: visible, but not to be used. */
  inert?: boolean;
  role?: 'dialog' | 'alertdialog';
  children: ComponentChildren;
}

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex]:not([tabindex="-1"])';

/** Holds the keyboard focus, closes on Escape, and gives the focus back to where it was. */
export function Dialog({
  label,
  onClose,
  class: extra = '',
  below = false,
  inert = false,
  role = 'dialog',
  children,
}: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const it = box.current!;
    const wanted = it.querySelector<HTMLElement>('[data-focus]');
    if (wanted) wanted.focus();
    const first =
      wanted ??
      it.querySelector<HTMLElement>('.dialog-body input, .dialog-body textarea, .dialog-body .select') ??
      it.querySelector<HTMLElement>('[data-first]');
    // A form is read from its top, even where its first field is far below.
    if (!wanted) (first ?? it).focus({ preventScroll: true });
    return () => before?.isConnected && before.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      return onClose();
    }
    if (event.key !== 'Tab') return;
    const all = [...box.current!.querySelectorAll<HTMLElement>(focusable)].filter((one) => one.offsetParent !== null);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    const inside = box.current!.contains(document.activeElement);
    if (inside && document.activeElement !== edge && document.activeElement !== box.current) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  };
  return (
    <div class={`backdrop${below ? ' is-below' : ''}`} inert={below || inert}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its role is always one of the two dialog roles */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: the same */}
      <div
        ref={box}
        class={`dialog ${extra}`}
        role={role}
        aria-modal="true"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {children}
      </div>
    </div>
  );
}
