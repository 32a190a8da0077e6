import { useMemo, useRef, useState } from 'preact/hooks';
import type { Boot, Message } from '../../slack/client-api.ts';
import { Blocks } from '../blocks/blocks.tsx';
import type { Block } from '../blocks/types.ts';
import { isReply } from '../state/state.ts';
import { clock, fillDate, momentOf } from '../text/dates.ts';
import { emoji } from '../text/emoji.ts';
import { Mrkdwn } from '../text/view.tsx';
import { Avatar } from './avatar.tsx';
import { SurfaceContext, useWorkspace } from './context.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Menu, type MenuGroup } from './popup.tsx';

interface MessageProps {
  message: Message;
  boot: Boot;
  /** Written right after the one above by the same person: drawn without picture and name. */
  follows?: boolean;
  inThread?: boolean;
  /** A deep link leads here. */
  marked?: boolean;
}

/** One message with everything that hangs on it. */
export function MessageView({ message, boot, follows = false, inThread = false, marked = false }: MessageProps) {
  const person = boot.people.find((one) => one.id === message.user);
  const name = person?.real_name || person?.name || 'Somebody';
  const isApp = message.user === boot.app.bot_user_id || message.bot_id !== undefined;
  const time = clock(momentOf(message.ts));
  const look = [follows && 'follows', message.ephemeral && 'is-ephemeral', marked && 'is-marked']
    .filter(Boolean)
    .join(' ');
  return (
    // Not a tab stop, but a tap gives it the focus, which shows its actions where there is no pointer to hover with.
    <article class={`msg ${look}`} data-ts={message.ts} aria-label={`${name}, ${time}`} tabIndex={-1}>
      <div class="msg-side">
        {follows ? (
          <time class="msg-side-time" dateTime={momentOf(message.ts).toISOString()}>
            {time.replace(/ [AP]M/, '')}
          </time>
        ) : (
          <Avatar user={message.user} />
        )}
      </div>
      <div class="msg-main">
        {message.ephemeral && (
          <div class="msg-note">
            <Icon name="eye" size={14} /> Only visible to you
          </div>
        )}
        {!follows && (
          <div class="msg-head">
            <b class="msg-name">{name}</b>
            {isApp && <span class="app-tag">App</span>}
            {person?.is_restricted && <span class="app-tag">Guest</span>}
            <time
              class="msg-time"
              dateTime={momentOf(message.ts).toISOString()}
              title={fillDate(Number.parseFloat(message.ts), '{date_long} at {time_secs}')}
            >
              {time}
            </time>
          </div>
        )}
        <Body message={message} />
        {message.edited && !isApp && <span class="edited">(edited)</span>}
        <Reactions message={message} boot={boot} />
        {!inThread && <ThreadFooter message={message} />}
      </div>
      <Toolbar message={message} boot={boot} inThread={inThread} />
    </article>
  );
}

function Body({ message }: { message: Message }) {
  const workspace = useWorkspace();
  const surface = useMemo(() => {
    const container = {
      type: 'message' as const,
      channel: message.channel,
      ts: message.ts,
      ...(message.ephemeral ? { ephemeral: true } : {}),
    };
    return { container, form: workspace.form(container), blocks: (message.blocks ?? []) as Block[] };
  }, [message]);
  if (surface.blocks.length === 0) return <Mrkdwn text={message.text} />;
  return (
    <SurfaceContext.Provider value={surface}>
      <Blocks blocks={surface.blocks} />
    </SurfaceContext.Provider>
  );
}

function Reactions({ message, boot }: { message: Message; boot: Boot }) {
  const workspace = useWorkspace();
  if (!message.reactions?.length) return null;
  return (
    <div class="reactions" role="toolbar" aria-label="Reactions">
      {message.reactions.map((reaction) => {
        const mine = reaction.users.includes(boot.me.id);
        const names = reaction.users.map((id) => (id === boot.me.id ? 'you' : (workspace.person(id)?.real_name ?? id)));
        const label = `${reaction.name.replaceAll('_', ' ')}: ${names.join(', ')}`;
        return (
          <button
            key={reaction.name}
            type="button"
            class="reaction"
            aria-pressed={mine}
            aria-label={label}
            title={label}
            onClick={() => void workspace.react(message, reaction.name)}
          >
            <span class="emoji">{emoji(reaction.name) ?? `:${reaction.name}:`}</span> {reaction.users.length}
          </button>
        );
      })}
    </div>
  );
}

function ThreadFooter({ message }: { message: Message }) {
  const workspace = useWorkspace();
  const open = () =>
    workspace.open({ kind: 'channel', channel: message.channel, thread: message.thread_ts ?? message.ts });
  if (isReply(message))
    return (
      <button type="button" class="link-btn" onClick={open}>
        View thread
      </button>
    );
  const count = message.reply_count ?? 0;
  if (count === 0) return null;
  const last = message.latest_reply
    ? fillDate(Number.parseFloat(message.latest_reply), '{date_short_pretty} at {time}')
    : '';
  return (
    <button type="button" class="thread-link" onClick={open}>
      <span class="faces">
        {(message.reply_users ?? []).slice(0, 5).map((user) => (
          <Avatar key={user} user={user} size={22} />
        ))}
      </span>
      <b>
        {count} {count === 1 ? 'reply' : 'replies'}
      </b>
      {last && <span class="thread-last">Last reply {last.charAt(0).toLowerCase() + last.slice(1)}</span>}
    </button>
  );
}

/** Drawn as icons, because not every machine has a font for emoji. */
const quick: { name: string; icon: IconName }[] = [
  { name: 'white_check_mark', icon: 'check' },
  { name: 'eyes', icon: 'eye' },
  { name: '+1', icon: 'thumbUp' },
];

function Toolbar({ message, boot, inThread }: { message: Message; boot: Boot; inThread: boolean }) {
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
          onClick={() =>
            workspace.open({ kind: 'channel', channel: message.channel, thread: message.thread_ts ?? message.ts })
          }
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
      {menu && <MessageMenu message={message} boot={boot} anchor={more} onClose={() => setMenu(false)} />}
      {picking && <EmojiPicker anchor={smile} onPick={react} onClose={() => setPicking(false)} />}
    </div>
  );
}

interface MessageMenuProps {
  message: Message;
  boot: Boot;
  anchor: { current: HTMLElement | null };
  onClose: () => void;
}

function MessageMenu({ message, boot, anchor, onClose }: MessageMenuProps) {
  const workspace = useWorkspace();
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      workspace.toast(`${what} copied.`);
    } catch {
      workspace.toast(text);
    }
  };
  const thread = isReply(message) ? `&thread=${message.thread_ts}` : message.reply_count ? `&thread=${message.ts}` : '';
  // The address is everyone's: it does not say who is acting.
  const link = `${location.origin}/?channel=${message.channel}${thread}`;
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
        { label: 'Copy link', run: () => void copy(link, 'Link') },
        { label: 'Copy text', run: () => void copy(message.text, 'Text') },
      ],
    },
  ];
  return <Menu anchor={anchor} label="Message actions" groups={groups} onClose={onClose} />;
}
