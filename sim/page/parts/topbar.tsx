import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Boot } from '../../slack/client-api.ts';
import { type Desktop, desktopState, toggleDesktop } from '../state/desktop.ts';
import { Avatar } from './avatar.tsx';
import { useWorkspace } from './context.ts';
import { Icon } from './icon.tsx';
import { Popup } from './popup.tsx';
import { toggleTheme, useTheme } from './theme.ts';

interface TopbarProps {
  boot: Boot;
  online: boolean;
  toolsOpen: boolean;
  onMenu: () => void;
  onTools: () => void;
}

/** Who one is, and the few switches that are not Slack's. */
export function Topbar({ boot, online, toolsOpen, onMenu, onTools }: TopbarProps) {
  const theme = useTheme();
  return (
    <header class="topbar">
      <button
        type="button"
        class="top-btn top-menu"
        aria-label="Open navigation"
        aria-controls="sidebar"
        onClick={onMenu}
      >
        <Icon name="menu" size={20} />
      </button>
      <ActAs boot={boot} />
      {!online && (
        <span class="offline" role="status">
          <span class="spinner" /> Reconnecting…
        </span>
      )}
      <span class="top-space" />
      <Bell />
      <button
        type="button"
        class="top-btn"
        aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
        title={theme === 'dark' ? 'Light theme' : 'Dark theme'}
        onClick={() => toggleTheme(theme)}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        class={`top-btn top-inspector${toolsOpen ? ' is-on' : ''}`}
        aria-label="Inspector"
        aria-expanded={toolsOpen}
        title="What Slack and the app say to each other"
        onClick={onTools}
      >
        <Icon name="pulse" />
        <span class="top-word">Inspector</span>
      </button>
    </header>
  );
}

const bells: Record<Desktop, { label: string; said: string }> = {
  on: { label: 'Desktop notifications are on', said: 'You are told when this page is not in front.' },
  off: { label: 'Desktop notifications are off', said: 'Desktop notifications are off.' },
  refused: {
    label: 'Desktop notifications are blocked',
    said: 'Your browser blocks notifications of this page. Allow them beside its address, then try again.',
  },
  missing: { label: '', said: '' },
};

/** Nobody is asked for anything until they press it. */
function Bell() {
  const workspace = useWorkspace();
  const [now, setNow] = useState(desktopState);
  if (now === 'missing') return null;
  const press = async () => {
    const next = await toggleDesktop();
    setNow(next);
    workspace.toast(bells[next].said, { tone: next === 'refused' ? 'error' : 'info' });
  };
  return (
    <button
      type="button"
      class="top-btn"
      aria-label="Desktop notifications"
      aria-pressed={now === 'on'}
      title={bells[now].label}
      onClick={() => void press()}
    >
      <Icon name={now === 'on' ? 'bell' : 'bellOff'} />
    </button>
  );
}

/** Choosing whose eyes and hands one uses. Each tab remembers its own choice in its address. */
function ActAs({ boot }: { boot: Boot }) {
  const workspace = useWorkspace();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const people = boot.people.filter((person) => !person.is_bot && !person.deleted);
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('.people-pick') ?? [])];
  useLayoutEffect(() => {
    if (!open) return;
    const mine = rows().find((row) => row.ariaCurrent === 'true') ?? rows()[0];
    mine?.focus({ preventScroll: true });
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = rows();
    const row = (event.target as HTMLElement).closest('.people-row')?.querySelector<HTMLElement>('.people-pick');
    const now = row ? all.indexOf(row) : -1;
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[next % all.length]?.focus();
  };
  const pick = (id: string) => {
    setOpen(false);
    if (id !== boot.me.id) workspace.actAs(id);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="act-as"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`You are ${boot.me.real_name}, ${boot.me.title}. Act as somebody else`}
        onClick={() => setOpen(!open)}
      >
        <Avatar user={boot.me.id} size={24} />
        <span class="act-as-words">
          <span class="act-as-lead">You are </span>
          <b>{boot.me.real_name}</b>
          {boot.me.title && <span class="act-as-title"> · {boot.me.title}</span>}
        </span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <Popup anchor={anchor} onClose={() => setOpen(false)} class="people">
          <div ref={list} role="dialog" aria-label="Act as" onKeyDown={onKeyDown}>
            <div class="people-head">
              <b>Act as somebody else</b>
              <span>Open a second tab to be two people at once.</span>
            </div>
            {people.map((person) => (
              <div class="people-row" key={person.id}>
                <button
                  type="button"
                  class="people-pick"
                  aria-current={person.id === boot.me.id || undefined}
                  onClick={() => pick(person.id)}
                >
                  <Avatar user={person.id} size={32} />
                  <span class="people-words">
                    <b>{person.real_name}</b>
                    <span>
                      {person.title || 'Member'}
                      {person.is_restricted && person.title !== 'Guest' ? ' · guest' : ''}
                      {person.is_stranger ? ' · other workspace' : ''}
                    </span>
                  </span>
                  {person.id === boot.me.id && <Icon name="check" />}
                </button>
                <a
                  class="people-tab"
                  href={`/?as=${encodeURIComponent(person.id)}`}
                  target="_blank"
                  rel="noopener"
                  aria-label={`Open a tab as ${person.real_name}`}
                  title="Open in a new tab"
                >
                  <Icon name="external" size={16} />
                </a>
              </div>
            ))}
          </div>
        </Popup>
      )}
    </>
  );
}
