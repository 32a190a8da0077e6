import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useOutside } from './context.ts';

interface PopupProps {
  anchor: { current: HTMLElement | null };
  onClose: () => void;
  /** As wide as the anchor at least. */
  match?: boolean;
  align?: 'start' | 'end';
  class?: string;
  children: ComponentChildren;
}

const gap = 4;
const margin = 8;

/** Something that hangs from a button: below it, or above when there is more room. Escape and a press outside close it. */
export function Popup({ anchor, onClose, match, align = 'start', class: extra = '', children }: PopupProps) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ left: number; top: number; maxHeight: number; minWidth: number } | null>(null);
  useOutside([anchor, box], onClose);
  const place = () => {
    const from = anchor.current?.getBoundingClientRect();
    const own = box.current;
    if (!from || !own) return;
    const below = window.innerHeight - from.bottom - gap - margin;
    const above = from.top - gap - margin;
    const height = own.scrollHeight + 2;
    const up = below < Math.min(height, 280) && above > below;
    const room = Math.max(120, up ? above : below);
    const width = Math.max(own.offsetWidth, match ? from.width : 0);
    const wanted = align === 'end' ? from.right - width : from.left;
    const left = Math.max(margin, Math.min(wanted, window.innerWidth - width - margin));
    const top = up ? from.top - gap - Math.min(height, room) : from.bottom + gap;
    setAt({ left, top, maxHeight: room, minWidth: match ? from.width : 0 });
  };
  useLayoutEffect(place, [children]);
  useEffect(() => {
    window.addEventListener('resize', place);
    document.addEventListener('scroll', place, true);
    return () => {
      window.removeEventListener('resize', place);
      document.removeEventListener('scroll', place, true);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    onClose();
    anchor.current?.focus();
  };
  const style = at
    ? { left: `${at.left}px`, top: `${at.top}px`, maxHeight: `${at.maxHeight}px`, minWidth: `${at.minWidth}px` }
    : { opacity: 0, left: '0', top: '0' };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: catches Escape from what it holds
    <div ref={box} class={`popup ${extra}`} style={style} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

export interface MenuItem {
  label: string;
  hint?: string;
  run: () => void;
  danger?: boolean;
  href?: string;
}

export interface MenuGroup {
  title?: string;
  items: MenuItem[];
}

interface MenuProps {
  anchor: { current: HTMLElement | null };
  label: string;
  groups: MenuGroup[];
  onClose: () => void;
  align?: 'start' | 'end';
}

/** A menu of things to do, walked with the arrow keys. */
export function Menu({ anchor, label, groups, onClose, align = 'end' }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useLayoutEffect(() => items()[0]?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') onClose();
    if (next === undefined) return;
    event.preventDefault();
    all[next % all.length]?.focus();
  };
  const pick = (item: MenuItem) => {
    onClose();
    anchor.current?.focus();
    item.run();
  };
  return (
    <Popup anchor={anchor} onClose={onClose} align={align} class="menu">
      <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {groups
          .filter((group) => group.items.length > 0)
          .map((group, index) => (
            // biome-ignore lint/a11y/useSemanticElements: a menu may hold groups, not field sets
            <div key={group.title ?? index} role="group" aria-label={group.title} class="menu-group">
              {group.title && <div class="menu-title">{group.title}</div>}
              {group.items.map((item) => (
                <button
                  key={item.label}
                  type="button"
                  role="menuitem"
                  class={`menu-item${item.danger ? ' is-danger' : ''}`}
                  onClick={() => pick(item)}
                >
                  <span>{item.label}</span>
                  {item.hint && <span class="menu-hint">{item.hint}</span>}
                </button>
              ))}
            </div>
          ))}
      </div>
    </Popup>
  );
}
