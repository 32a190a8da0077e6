import { useMemo } from 'preact/hooks';
import type { Boot, Message } from '../../slack/client-api.ts';
import { Blocks } from '../blocks/blocks.tsx';
import type { Block } from '../blocks/types.ts';
import { isReply } from '../state/state.ts';
import { clock, fillDate, momentOf } from '../text/dates.ts';
import { emoji } from '../text/emoji.ts';
import { Mrkdwn } from '../text/view.tsx';
import { Attachments, Files } from './attachments.tsx';
import { Avatar } from './avatar.tsx';
import { SurfaceContext, useWorkspace } from './context.ts';
import { EditField } from './edit-field.tsx';
import { Icon } from './icon.tsx';
import { Toolbar, useMessageKeys } from './message-tools.tsx';

interface MessageProps {
  message: Message;
  boot: Boot;
  /** Written right after the one above by the same person: drawn without picture and name. */
  follows?: boolean;
  inThread?: boolean;
  /** A permalink leads here. */
  marked?: boolean;
  /** One's own message, as a field. */
  editing?: boolean;
}

/** One message with everything that hangs on it. */
export function MessageView({
  message,
  boot,
  editing,
  follows = false,
  inThread = false,
  marked = false,
}: MessageProps) {
  const person = boot.people.find((one) => one.id === message.user);
  const name = person?.real_name || person?.name || 'Somebody';
  const isApp = message.user === boot.app.bot_user_id || message.bot_id !== undefined;
  const time = clock(momentOf(message.ts));
  const look = [follows && 'follows', message.ephemeral && 'is-ephemeral', marked && 'is-marked']
    .filter(Boolean)
    .join(' ');
  const onKeyDown = useMessageKeys(message, boot, inThread);
  return (
    // Not a tab stop, but reached with the arrow keys; a tap gives it the focus as well, which shows its actions where
    // there is no pointer to hover with.
    <article
      class={`msg ${look}`}
      data-ts={message.ts}
      aria-label={`${name}, ${time}`}
      aria-current={marked ? 'true' : undefined}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
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
        {editing ? <EditField message={message} boot={boot} /> : <Body message={message} />}
        {message.edited && !isApp && <span class="edited">(edited)</span>}
        <Reactions message={message} boot={boot} />
        {!inThread && <ThreadFooter message={message} />}
      </div>
      {!editing && <Toolbar message={message} boot={boot} inThread={inThread} />}
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
  const { attachments, files } = message;
  return (
    <>
      {surface.blocks.length > 0 ? (
        <SurfaceContext.Provider value={surface}>
          <Blocks blocks={surface.blocks} />
        </SurfaceContext.Provider>
      ) : (
        message.text && <Mrkdwn text={message.text} />
      )}
      {attachments && attachments.length > 0 && <Attachments of={attachments} surface={surface} />}
      {files && files.length > 0 && <Files of={files} />}
    </>
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
      {last && (
        <span class="thread-last" title={last}>
          Last reply {last.charAt(0).toLowerCase() + last.slice(1)}
        </span>
      )}
    </button>
  );
}
