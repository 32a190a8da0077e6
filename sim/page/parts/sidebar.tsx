import type { ComponentChildren } from 'preact';
import type { Boot, Channel } from '../../slack/client-api.ts';
import { appChannel, channelLabel, type Place } from '../state/state.ts';
import { Avatar } from './avatar.tsx';
import { useWorkspace } from './context.ts';
import { Icon, type IconName } from './icon.tsx';

interface SidebarProps {
  boot: Boot;
  place: Place;
  open: boolean;
  onClose: () => void;
}

/** Where one can go: the app, channels, people, and the workspace's other pages. */
export function Sidebar({ boot, place, open, onClose }: SidebarProps) {
  const workspace = useWorkspace();
  const go = (next: Place) => {
    workspace.open(next);
    onClose();
  };
  const app = appChannel(boot);
  const channels = boot.channels.filter((channel) => !channel.is_im).sort((a, b) => a.name.localeCompare(b.name));
  const dms = boot.channels.filter((channel) => channel.is_im && channel.id !== app?.id);
  const here = place.kind === 'channel' ? place.channel : '';
  const toChannel = (channel: Channel) => (
    <ChannelItem
      key={channel.id}
      channel={channel}
      label={channelLabel(channel, boot)}
      current={channel.id === here}
      onOpen={() => go({ kind: 'channel', channel: channel.id })}
    />
  );
  return (
    <nav class={`sidebar${open ? ' is-open' : ''}`} aria-label="Workspace" id="sidebar">
      <div class="side-head">
        <span class="side-team">{boot.team.name}</span>
        <span class="side-note">local workspace</span>
        <button type="button" class="side-close" aria-label="Close navigation" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="side-scroll">
        <Group title={boot.app.name}>
          <Item icon="home" label="Home" current={place.kind === 'home'} onOpen={() => go({ kind: 'home' })} />
          {app && (
            <Item
              icon="chat"
              label="Messages"
              current={app.id === here}
              unread={app.unread}
              mentions={app.unread}
              onOpen={() => go({ kind: 'channel', channel: app.id })}
            />
          )}
        </Group>
        <Group title="Channels">{channels.map(toChannel)}</Group>
        {dms.length > 0 && <Group title="Direct messages">{dms.map(toChannel)}</Group>}
        {boot.links.length > 0 && (
          <Group title="Around the workspace">
            {boot.links.map((link) => (
              <li key={link.url}>
                <a
                  class="side-item is-link"
                  href={link.url}
                  target="_blank"
                  rel="noopener"
                  title={`${link.title ?? link.label}\n${link.url}`}
                >
                  <Icon name="external" />
                  <span class="side-label">{link.label}</span>
                </a>
              </li>
            ))}
          </Group>
        )}
      </div>
    </nav>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="side-group" aria-label={title}>
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

interface ItemProps {
  icon?: IconName;
  avatar?: string;
  label: string;
  current: boolean;
  unread?: number;
  mentions?: number;
  onOpen: () => void;
}

const upTo99 = (count: number) => (count > 99 ? '99+' : String(count));

function Item({ icon, avatar, label, current, unread = 0, mentions = 0, onOpen }: ItemProps) {
  const hint = unread > 0 ? `, ${unread} unread${mentions > 0 ? `, ${mentions} for you` : ''}` : '';
  return (
    <li>
      <button
        type="button"
        class={`side-item${current ? ' is-current' : ''}${unread > 0 ? ' is-unread' : ''}`}
        aria-current={current ? 'page' : undefined}
        aria-label={`${label}${hint}`}
        onClick={onOpen}
      >
        {avatar ? <Avatar user={avatar} size={20} /> : <Icon name={icon ?? 'hash'} />}
        <span class="side-label">{label}</span>
        {unread > 0 && <span class={`badge${mentions > 0 ? ' is-loud' : ''}`}>{upTo99(mentions || unread)}</span>}
      </button>
    </li>
  );
}

function ChannelItem({
  channel,
  label,
  current,
  onOpen,
}: {
  channel: Channel;
  label: string;
  current: boolean;
  onOpen: () => void;
}) {
  const me = useWorkspace().get().boot?.me.id;
  const other = channel.is_im ? (channel.members.find((id) => id !== me) ?? me) : undefined;
  return (
    <Item
      icon={channel.is_private ? 'lock' : 'hash'}
      avatar={other}
      label={label}
      current={current}
      unread={channel.unread}
      mentions={channel.is_im ? channel.unread : channel.mentions}
      onOpen={onOpen}
    />
  );
}
