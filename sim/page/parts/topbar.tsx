import { useRef, useState } from 'preact/hooks';
import type { Boot } from '../../slack/client-api.ts';
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
        class={`top-btn${toolsOpen ? ' is-on' : ''}`}
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

/** Choosing whose eyes and hands one uses. Each tab remembers its own choice in its address. */
function ActAs({ boot }: { boot: Boot }) {
  const workspace = useWorkspace();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const people = boot.people.filter((person) => !person.is_bot && !person.deleted);
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
          <div role="dialog" aria-label="Act as">
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
