import { useContext, useRef, useState } from 'preact/hooks';
import type { Boot, Message } from '../../slack/client-api.ts';
import type { Place } from '../state/state.ts';
import { toTyped } from '../text/words.ts';
import { AskContext, useWorkspace } from './context.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Menu, type MenuGroup } from './popup.tsx';

/** Drawn as icons, because not every machine has a font for emoji. */
const quick: { name: string; icon: IconName }[] = [
  { name: 'white_check_mark', icon: 'check' },
  { name: 'eyes', icon: 'eye' },
  { name: '+1', icon: 'thumbUp' },
];

export function Toolbar({ message, boot, inThread }: { message: Message; boot: Boot; inThread: boolean }) {
  const workspace = useWorkspace();
  const [menu, setMenu] = useState(false);
  const [picking, setPicking] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const smile = useRef<HTMLButtonElement>(null);
  if (message.ephemeral) return null;
  const react = (name: string) => void workspace.react(message, name);
  return (
    <div class={`toolbar${menu || picking ? ' is-open' : ''}`} role="toolbar" aria-label="Message actions">
      {quick.map(({ name, icon }) => (
        <button
          key={name}
          type="button"
          class="tool"
          tabIndex={-1}
          aria-label={`React with ${name === '+1' ? 'thumbs up' : name.replaceAll('_', ' ')}`}
          onClick={() => react(name)}
        >
          <Icon name={icon} />
        </button>
      ))}
      <button
        ref={smile}
        type="button"
        class="tool"
        aria-label="Add a reaction"
        aria-expanded={picking}
        onClick={() => setPicking(!picking)}
      >
        <Icon name="smile" />
      </button>
      {!inThread && (
        <button
          type="button"
          class="tool"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => workspace.open(threadOf(message))}
        >
          <Icon name="reply" />
        </button>
      )}
      <button
        ref={more}
        type="button"
        class="tool"
        aria-label="More actions"
        title="More actions"
        aria-haspopup="menu"
        aria-expanded={menu}
        onClick={() => setMenu(!menu)}
      >
        <Icon name="more" />
      </button>
      {menu && (
        <MessageMenu message={message} boot={boot} inThread={inThread} anchor={more} onClose={() => setMenu(false)} />
      )}
      {picking && <EmojiPicker anchor={smile} onPick={react} onClose={() => setPicking(false)} />}
    </div>
  );
}

/** Asks, then deletes one's own message. */
function useRemove(message: Message) {
  const workspace = useWorkspace();
  const ask = useContext(AskContext);
  return async () => {
    const sure = await ask({
      title: { type: 'plain_text', text: 'Delete this message?' },
      text: { type: 'plain_text', text: 'It disappears for everybody. This cannot be undone.' },
      confirm: { type: 'plain_text', text: 'Delete' },
      deny: { type: 'plain_text', text: 'Cancel' },
      style: 'danger',
    });
    if (sure) await workspace.remove(message);
  };
}

const isOwn = (message: Message, boot: Boot) => message.user === boot.me.id && !message.ephemeral;

/** Slack's keys on a focused message: T opens its thread; E and Delete are for one's own. */
export function useMessageKeys(message: Message, boot: Boot, inThread: boolean) {
  const workspace = useWorkspace();
  const remove = useRemove(message);
  return (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return;
    const run = {
      t: () => !inThread && !message.ephemeral && workspace.open(threadOf(message)),
      e: () => isOwn(message, boot) && workspace.edit(message, inThread),
      Delete: () => isOwn(message, boot) && void remove(),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };
}

const threadOf = ({ channel, thread_ts, ts }: Message): Place => ({
  kind: 'channel',
  channel,
  thread: thread_ts ?? ts,
});

interface MessageMenuProps {
  message: Message;
  boot: Boot;
  inThread: boolean;
  anchor: { current: HTMLElement | null };
  onClose: () => void;
}

function MessageMenu({ message, boot, inThread, anchor, onClose }: MessageMenuProps) {
  const workspace = useWorkspace();
  const remove = useRemove(message);
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      workspace.toast(`${what} copied.`);
    } catch {
      workspace.toast(text);
    }
  };
  const shortcuts = boot.app.shortcuts.filter((shortcut) => shortcut.type === 'message');
  const groups: MenuGroup[] = [
    {
      title: boot.app.name,
      items: shortcuts.map((shortcut) => ({
        label: shortcut.name,
        hint: shortcut.description,
        run: () => void workspace.shortcut(shortcut.callback_id, message),
      })),
    },
    {
      items: [
        { label: 'Copy link', run: () => void copy(message.permalink, 'Link') },
        { label: 'Copy text', run: () => void copy(toTyped(message.text, boot), 'Text') },
      ],
    },
    {
      items: isOwn(message, boot)
        ? [
            { label: 'Edit message', run: () => workspace.edit(message, inThread) },
            { label: 'Delete message…', danger: true, run: () => void remove() },
          ]
        : [],
    },
  ];
  return <Menu anchor={anchor} label="Message actions" groups={groups} onClose={onClose} />;
}
