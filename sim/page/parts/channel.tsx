import { useMemo } from 'preact/hooks';
import type { Boot, Channel } from '../../slack/client-api.ts';
import { appChannel, channelLabel, type History, type Place, type State, threadKey } from '../state/state.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { useWorkspace } from './context.ts';
import { AppTabs } from './home.tsx';
import { Icon, Mark } from './icon.tsx';
import { type Goal, Stream } from './stream.tsx';

interface ChannelPaneProps {
  boot: Boot;
  channel: Channel;
  history: History | undefined;
  place: Place;
  editing: State['editing'];
}

const nothing: History = { messages: [], complete: false, loading: true };

/** Following the same permalink again leads there again: each visit is a place of its own. */
function useGoal(place: Place, of: (place: Place & { kind: 'channel' }) => Goal | undefined): Goal | undefined {
  return useMemo(() => (place.kind === 'channel' ? of(place) : undefined), [place]);
}

export function ChannelPane({ boot, channel, history = nothing, place, editing }: ChannelPaneProps) {
  const workspace = useWorkspace();
  const goal = useGoal(place, ({ thread, message }) => {
    const isRoot = message && (!thread || thread === message);
    return isRoot ? { ts: message, marked: true } : thread ? { ts: thread, marked: false } : undefined;
  });
  const label = channelLabel(channel, boot);
  const isApp = appChannel(boot)?.id === channel.id;
  const name = channel.is_im ? label : `#${label}`;
  return (
    <main class="pane" aria-label={name}>
      {isApp ? (
        <AppTabs boot={boot} current="messages" />
      ) : (
        <header class="pane-head">
          <h1>
            {channel.is_im ? (
              <Avatar user={channel.members.find((id) => id !== boot.me.id) ?? boot.me.id} size={24} />
            ) : (
              <Icon name={channel.is_private ? 'lock' : 'hash'} size={20} />
            )}
            {label}
          </h1>
          {channel.is_ext_shared && <span class="app-tag">Shared with another workspace</span>}
          <span class="pane-topic" title={channel.topic}>
            {channel.topic}
          </span>
          {!channel.is_im && (
            <span
              class="pane-members"
              title={channel.members.map((id) => workspace.person(id)?.real_name ?? id).join(', ')}
            >
              <span class="faces" aria-hidden="true">
                {channel.members.slice(0, 4).map((id) => (
                  <Avatar key={id} user={id} size={22} />
                ))}
              </span>
              {channel.members.length}
              <span class="sr"> members</span>
            </span>
          )}
        </header>
      )}
      {history.messages.length === 0 && history.loading ? (
        <Skeleton />
      ) : (
        <Stream
          key={channel.id}
          label={`Messages in ${name}`}
          messages={history.messages}
          boot={boot}
          firstUnread={history.firstUnread}
          goal={goal}
          editing={editing && !editing.inThread ? editing.ts : undefined}
          intro={
            history.complete ? (
              <Intro boot={boot} channel={channel} isApp={isApp} />
            ) : (
              <div class="older">{history.loading ? 'Loading older messages…' : ''}</div>
            )
          }
          onTop={() => void workspace.loadOlder(channel.id)}
        />
      )}
      <Composer key={channel.id} boot={boot} channel={channel.id} label={`Message ${name}`} focus={!goal} />
    </main>
  );
}

/** The start of a channel: what it is, and what a newcomer can do here. */
function Intro({ boot, channel, isApp }: { boot: Boot; channel: Channel; isApp: boolean }) {
  const label = channelLabel(channel, boot);
  const hasApp = channel.members.includes(boot.app.bot_user_id);
  const command = boot.app.commands[0];
  return (
    <div class="intro">
      {isApp ? (
        <Mark size={52} />
      ) : (
        <span class="intro-sign">{channel.is_im ? label[0] : <Icon name="hash" size={28} />}</span>
      )}
      <h2>{channel.is_im ? label : `#${label}`}</h2>
      <p>
        {isApp
          ? `This is where you and ${boot.app.name} talk in private.`
          : channel.is_im
            ? `This is where you and ${label} talk in private.`
            : channel.topic || 'This is the very beginning of the channel.'}
      </p>
      {hasApp && command && (
        <p class="intro-hint">
          Try <code>{command.command}</code>
          {command.description ? `: ${command.description.charAt(0).toLowerCase()}${command.description.slice(1)}` : ''}
          {isApp ? '' : `, or mention @${boot.app.name}.`}
        </p>
      )}
    </div>
  );
}

/** The shapes of messages while the real ones are on their way. */
function Skeleton() {
  return (
    <div class="stream skeleton" role="status" aria-label="Loading messages">
      {[72, 40, 88, 56].map((width) => (
        <div class="bones" key={width}>
          <i class="bone bone-face" />
          <span>
            <i class="bone" style={{ width: '22%' }} />
            <i class="bone" style={{ width: `${width}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}

interface ThreadPaneProps {
  boot: Boot;
  channel: Channel;
  place: Place;
  ts: string;
  state: State;
}

export function ThreadPane({ boot, channel, place, ts, state }: ThreadPaneProps) {
  const workspace = useWorkspace();
  const goal = useGoal(place, ({ message }) => (message ? { ts: message, marked: true } : undefined));
  const label = channelLabel(channel, boot);
  const root = state.histories[channel.id]?.messages.find((message) => message.ts === ts);
  const thread = state.threads[threadKey(channel.id, ts)] ?? (root ? [root] : []);
  const close = () => workspace.open({ kind: 'channel', channel: channel.id });
  return (
    <aside class="thread" aria-label={`Thread in ${label}`}>
      <header class="pane-head">
        <button type="button" class="top-btn thread-back" aria-label="Back to the channel" onClick={close}>
          <Icon name="back" />
        </button>
        <h1>Thread</h1>
        <span class="pane-topic">{channel.is_im ? label : `#${label}`}</span>
        <button type="button" class="top-btn thread-close" aria-label="Close thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Stream
        key={ts}
        label="Messages of the thread"
        messages={thread}
        boot={boot}
        goal={goal}
        editing={state.editing?.inThread ? state.editing.ts : undefined}
        inThread
      />
      <Composer key={`${channel.id}/${ts}`} boot={boot} channel={channel.id} thread={ts} label="Reply…" focus={!goal} />
    </aside>
  );
}
