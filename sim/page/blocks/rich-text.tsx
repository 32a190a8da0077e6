import type { ComponentChildren } from 'preact';
import { emoji } from '../text/emoji.ts';
import { safeUrl } from '../text/inline.ts';
import { ChannelMention, DateText, GroupMention, Link, UserMention } from '../text/view.tsx';
import type { RichElement, Style } from './types.ts';

/** Rich text is drawn as it is built: its text elements are never parsed for markup or mentions. */
export function RichTextView({ elements }: { elements: RichElement[] }) {
  return <div class="text rich">{nested(elements)}</div>;
}

/** Neighbouring lists of one kind and growing indent become one nested list, as Slack shows them. */
function nested(elements: RichElement[]): ComponentChildren[] {
  return elements.map((element, index) => <Section key={index} of={element} />);
}

function Section({ of }: { of: RichElement }) {
  const kids = of.elements ?? [];
  switch (of.type) {
    case 'rich_text_list':
      return <List of={of} />;
    case 'rich_text_quote':
      return (
        <blockquote>
          <Line kids={kids} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return (
        <pre>
          <Line kids={kids} />
        </pre>
      );
    case 'rich_text_section':
      return (
        <div>
          <Line kids={kids} />
        </div>
      );
    default:
      return <div class="unknown">This page cannot draw “{of.type}”.</div>;
  }
}

function List({ of }: { of: RichElement }) {
  const indent = of.indent ?? 0;
  const items = (of.elements ?? []).map((item, index) => (
    <li key={index}>
      <Line kids={item.elements ?? []} />
    </li>
  ));
  const shape = `indent-${Math.min(indent, 6)} mark-${indent % 3}`;
  return of.style === 'ordered' ? (
    <ol class={shape} start={(of.offset ?? 0) + 1}>
      {items}
    </ol>
  ) : (
    <ul class={shape}>{items}</ul>
  );
}

function Line({ kids }: { kids: RichElement[] }) {
  return (
    <>
      {kids.map((kid, index) => (
        <Styled key={index} style={typeof kid.style === 'object' ? kid.style : undefined}>
          <Piece of={kid} />
        </Styled>
      ))}
    </>
  );
}

function Styled({ style, children }: { style: Style | undefined; children: ComponentChildren }) {
  let out = children;
  if (style?.code) out = <code>{out}</code>;
  if (style?.strike) out = <s>{out}</s>;
  if (style?.underline) out = <u>{out}</u>;
  if (style?.italic) out = <i>{out}</i>;
  if (style?.bold) out = <b>{out}</b>;
  return <>{out}</>;
}

/** `1f44d-1f3fd` -> the character. */
function fromHex(hex: string | undefined): string | undefined {
  if (!hex || !/^[0-9a-f-]+$/i.test(hex)) return undefined;
  return String.fromCodePoint(...hex.split('-').map((part) => Number.parseInt(part, 16)));
}

function Piece({ of }: { of: RichElement }) {
  switch (of.type) {
    case 'text':
      return <>{of.text}</>;
    case 'link': {
      const url = safeUrl(of.url ?? '');
      const label = of.text || of.url;
      return url ? <Link url={url}>{label}</Link> : <>{label}</>;
    }
    case 'user':
      return <UserMention id={of.user_id ?? ''} />;
    case 'channel':
      return <ChannelMention id={of.channel_id ?? ''} />;
    case 'usergroup':
      return <GroupMention id={of.usergroup_id ?? ''} />;
    case 'broadcast':
      return <span class="mention is-me">@{of.range}</span>;
    case 'emoji': {
      const name = of.name ?? '';
      const char = emoji(name) ?? fromHex(of.unicode);
      return char ? (
        <span class="emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={`:${name}:`}>
          {char}
        </span>
      ) : (
        <>:{name}:</>
      );
    }
    case 'date':
      return (
        <DateText
          seconds={of.timestamp ?? Number.NaN}
          pattern={of.format ?? ''}
          url={safeUrl(of.url ?? '')}
          fallback={of.fallback}
        />
      );
    case 'color':
      return (
        <span class="swatch">
          <i style={{ background: of.value }} aria-hidden="true" /> {of.value}
        </span>
      );
    case 'tag':
      return <span class="tag">{of.text ?? of.name}</span>;
    case 'citation': {
      const url = safeUrl(of.url ?? '');
      return url ? (
        <sup class="citation">
          <Link url={url}>{of.text ?? 'source'}</Link>
        </sup>
      ) : (
        <sup class="citation">{of.text}</sup>
      );
    }
    default:
      return <>{of.text ?? of.fallback ?? ''}</>;
  }
}
