import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TextObject } from '../blocks/types.ts';
import { useWorkspace } from '../parts/context.ts';
import { placeOf } from '../state/place.ts';
import { fillDate } from './dates.ts';
import { withEmoji } from './emoji.ts';
import type { Chunk, Inline } from './inline.ts';
import { parseMrkdwn } from './mrkdwn.ts';
import { groupName } from './words.ts';

/** A web address; a link to a message or channel of this workspace is followed in place, by whoever is acting here. */
export function Link({ url, children }: { url: string; children: ComponentChildren }) {
  const workspace = useWorkspace();
  const place = placeOf(url, location.origin);
  const onClick = (event: MouseEvent) => {
    if (!place || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    workspace.open(place);
  };
  return (
    <a href={url} {...(place ? { onClick } : { target: '_blank', rel: 'noopener noreferrer' })}>
      {children}
    </a>
  );
}

export function UserMention({ id }: { id: string }) {
  const workspace = useWorkspace();
  const person = workspace.person(id);
  const me = workspace.get().boot?.me.id === id;
  return <span class={`mention${me ? ' is-me' : ''}`}>@{person?.real_name || person?.name || id}</span>;
}

export function GroupMention({ id, label = '' }: { id: string; label?: string }) {
  const { boot } = useWorkspace().get();
  return <span class="mention">{boot ? groupName({ id, label }, boot) : label}</span>;
}

export function ChannelMention({ id, name }: { id: string; name?: string }) {
  const workspace = useWorkspace();
  const channel = workspace.channel(id);
  const label = channel?.name ?? name;
  if (!label) return <span class="mention">#private channel</span>;
  if (!channel) return <span class="mention">#{label}</span>;
  return (
    <button type="button" class="mention is-link" onClick={() => workspace.open({ kind: 'channel', channel: id })}>
      #{label}
    </button>
  );
}

export function DateText({
  seconds,
  pattern,
  url,
  fallback,
}: {
  seconds: number;
  pattern: string;
  url?: string;
  fallback?: string;
}) {
  const shown = Number.isFinite(seconds) && pattern ? fillDate(seconds, pattern) : (fallback ?? '');
  const time = Number.isFinite(seconds) ? (
    <time dateTime={new Date(seconds * 1000).toISOString()} title={fillDate(seconds, '{date_long} at {time}')}>
      {shown}
    </time>
  ) : (
    shown
  );
  return url ? <Link url={url}>{time}</Link> : <>{time}</>;
}

function One({ node }: { node: Inline }) {
  switch (node.t) {
    case 'text':
      return <>{node.text}</>;
    case 'br':
      return <br />;
    case 'bold':
      return (
        <b>
          <Inlines kids={node.kids} />
        </b>
      );
    case 'italic':
      return (
        <i>
          <Inlines kids={node.kids} />
        </i>
      );
    case 'strike':
      return (
        <s>
          <Inlines kids={node.kids} />
        </s>
      );
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return (
        <Link url={node.url}>
          <Inlines kids={node.kids} />
        </Link>
      );
    case 'user':
      return <UserMention id={node.id} />;
    case 'channel':
      return <ChannelMention id={node.id} name={node.name} />;
    case 'group':
      return <GroupMention id={node.id} label={node.label} />;
    case 'everyone':
      return <span class="mention is-me">@{node.range}</span>;
    case 'date':
      return <DateText seconds={node.seconds} pattern={node.pattern} url={node.url} fallback={node.fallback} />;
    case 'emoji':
      return (
        <span class="emoji" role="img" aria-label={node.name.replaceAll('_', ' ')} title={`:${node.name}:`}>
          {node.char}
        </span>
      );
  }
}

export function Inlines({ kids }: { kids: Inline[] }) {
  return (
    <>
      {kids.map((node, index) => (
        <One key={index} node={node} />
      ))}
    </>
  );
}

export function Chunks({ chunks }: { chunks: Chunk[] }) {
  return (
    <>
      {chunks.map((chunk, index) => {
        if (chunk.t === 'pre') return <pre key={index}>{chunk.text}</pre>;
        const kids = <Inlines kids={chunk.kids} />;
        return chunk.t === 'quote' ? <blockquote key={index}>{kids}</blockquote> : <div key={index}>{kids}</div>;
      })}
    </>
  );
}

/** Slack's markup, drawn. */
export function Mrkdwn({ text, autolink = true }: { text: string; autolink?: boolean }) {
  const chunks = useMemo(() => parseMrkdwn(text, { autolink }), [text, autolink]);
  return (
    <div class="text">
      <Chunks chunks={chunks} />
    </div>
  );
}

/** A text object: markup is read only where the app asked for `mrkdwn`. */
export function Text({ of }: { of: TextObject | string | undefined }) {
  if (of === undefined) return null;
  if (typeof of === 'string') return <>{of}</>;
  if (of.type === 'mrkdwn') return <Mrkdwn text={of.text} autolink={of.verbatim !== true} />;
  return <span class="plain">{plainText(of)}</span>;
}

/** The words of a text object without any markup, for labels and names. */
export function plainText(of: TextObject | string | undefined): string {
  if (of === undefined) return '';
  if (typeof of === 'string') return of;
  return of.emoji === false ? of.text : withEmoji(of.text);
}
