import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Boot, Message } from '../../slack/client-api.ts';
import { isReply } from '../state/state.ts';
import { clock, dayLabel, momentOf } from '../text/dates.ts';
import { Icon } from './icon.tsx';
import { MessageView } from './message.tsx';

/** A message to show: a marked one whenever it is asked for, another only when the list is first drawn. */
export interface Goal {
  ts: string;
  marked: boolean;
}

interface StreamProps {
  label: string;
  messages: Message[];
  boot: Boot;
  firstUnread?: string;
  inThread?: boolean;
  goal?: Goal;
  /** Timestamp of the message that is being edited in this list. */
  editing?: string;
  /** Drawn above the first message. */
  intro?: ComponentChildren;
  onTop?: () => void;
}

/** Messages by day. Stays at the newest while one is there; otherwise says that something new came. */
export function Stream({ label, messages, boot, firstUnread, inThread, goal, editing, intro, onTop }: StreamProps) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(0);
  const first = messages[0]?.ts;
  const last = messages.at(-1);
  const before = useRef({ first, last: last?.ts, height: 0, drawn: false });

  useLayoutEffect(() => {
    const it = box.current!;
    const past = before.current;
    const grewAbove = past.first !== undefined && past.first !== first && past.last === last?.ts;
    if (!past.drawn && messages.length > 0) {
      const first = goal && messageIn(it, goal.ts);
      const unread = it.querySelector('.unread-line');
      if (first) first.scrollIntoView({ block: 'center' });
      else if (unread) unread.scrollIntoView({ block: 'center' });
      else it.scrollTop = it.scrollHeight;
      atEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < 60;
    } else if (grewAbove) it.scrollTop += it.scrollHeight - past.height;
    else if (atEnd.current || (last?.ts !== past.last && (last?.user === boot.me.id || last?.ephemeral)))
      it.scrollTop = it.scrollHeight;
    else if (last?.ts !== past.last) setBelow((count) => count + 1);
    before.current = { first, last: last?.ts, height: it.scrollHeight, drawn: past.drawn || messages.length > 0 };
  }, [messages]);

  const reached = useRef<Goal | undefined>(undefined);
  useLayoutEffect(() => {
    if (!goal?.marked || reached.current === goal) return;
    const found = messageIn(box.current!, goal.ts);
    if (!found) return;
    reached.current = goal;
    atEnd.current = false;
    found.scrollIntoView({ block: 'center' });
    found.focus({ preventScroll: true });
  }, [messages, goal]);

  // Blocks unfold, images load and charts appear after drawing: whoever reads the newest message stays with it.
  useEffect(() => {
    const it = box.current!;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) it.scrollTop = it.scrollHeight;
    });
    watch.observe(it);
    for (const kid of it.children) watch.observe(kid);
    return () => watch.disconnect();
  }, []);

  const onScroll = () => {
    const it = box.current;
    // A last scroll event may come after the list is gone.
    if (!it) return;
    atEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < 60;
    if (atEnd.current && below > 0) setBelow(0);
    if (it.scrollTop < 200) onTop?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = event.target as HTMLElement;
    if (event.defaultPrevented || from.closest(ownArrows)) return;
    const all = [...box.current!.querySelectorAll<HTMLElement>('.msg')];
    const now = from.closest<HTMLElement>('.msg');
    // Whoever comes from the list itself begins at its newest message.
    const at = now ? all.indexOf(now) : all.length;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const to = all[Math.max(0, Math.min(all.length - 1, next))];
    to?.focus({ preventScroll: true });
    to?.scrollIntoView({ block: 'nearest' });
  };
  const toEnd = () => {
    box.current!.scrollTo({ top: box.current!.scrollHeight, behavior: 'smooth' });
    setBelow(0);
  };
  return (
    <div class="stream-wrap">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable */}
      <section ref={box} class="stream" aria-label={label} tabIndex={0} onScroll={onScroll} onKeyDown={onKeyDown}>
        <div class="stream-inner">
          {intro}
          <Days
            messages={messages}
            boot={boot}
            firstUnread={firstUnread}
            inThread={inThread}
            goal={goal}
            editing={editing}
          />
        </div>
      </section>
      {below > 0 && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={14} /> {below} new {below === 1 ? 'message' : 'messages'}
        </button>
      )}
      <Announcer last={last} boot={boot} />
    </div>
  );
}

/** Where arrow keys mean something else. */
const ownArrows = 'input, textarea, select, .popup, [role=combobox], [role=tablist], .table-scroll, .carousel';

const messageIn = (list: HTMLElement, ts: string) => list.querySelector<HTMLElement>(`[data-ts="${CSS.escape(ts)}"]`);

type DaysProps = Pick<StreamProps, 'messages' | 'boot' | 'firstUnread' | 'inThread' | 'goal' | 'editing'>;

function Days({ messages, boot, firstUnread, inThread, goal, editing }: DaysProps) {
  const days: { label: string; messages: Message[] }[] = [];
  for (const message of messages) {
    const label = dayLabel(message.ts);
    const day = days.at(-1);
    if (day?.label === label) day.messages.push(message);
    else days.push({ label, messages: [message] });
  }
  return (
    <>
      {days.map((day) => (
        <section key={day.label} class="day-of" aria-label={day.label}>
          {!inThread && (
            <div class="day">
              <h3>{day.label}</h3>
            </div>
          )}
          <ol class="messages">
            {day.messages.map((message, index) => (
              <li key={message.ts}>
                {message.ts === firstUnread && (
                  // biome-ignore lint/a11y/useSemanticElements: a rule cannot hold a word
                  <div class="unread-line" role="separator" aria-label="New messages">
                    <span>New</span>
                  </div>
                )}
                <Row
                  message={message}
                  boot={boot}
                  follows={message.ts !== firstUnread && followsOn(day.messages[index - 1], message, inThread)}
                  inThread={inThread}
                  editing={message.ts === editing}
                  marked={goal?.marked === true && message.ts === goal.ts}
                />
                {inThread && index === 0 && day === days[0] && !isReply(message) && (
                  <ReplyLine count={messages.length - 1} />
                )}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function ReplyLine({ count }: { count: number }) {
  return (
    <div class="reply-line">
      <span>{count === 0 ? 'No replies yet' : `${count} ${count === 1 ? 'reply' : 'replies'}`}</span>
    </div>
  );
}

type RowProps = Parameters<typeof MessageView>[0];

/** A message is drawn again only when it, its neighbour or the people change: a channel may hold hundreds. */
function Row({ message, boot, ...rest }: RowProps) {
  const { editing, follows, inThread, marked } = rest;
  const { people, me, app } = boot;
  return useMemo(
    () => <MessageView message={message} boot={boot} {...rest} />,
    [message, people, me, app, editing, follows, inThread, marked],
  );
}

/** Same person, within five minutes, nothing special about either. In a channel, each card of an app stands by itself. */
function followsOn(before: Message | undefined, message: Message, inThread = false): boolean {
  if (!before || before.user !== message.user || before.ephemeral || message.ephemeral) return false;
  if (message.blocks?.length && message.bot_id && !inThread) return false;
  // The root of a thread stands above the line that counts its replies.
  if (before.reply_count) return false;
  return Number(message.ts) - Number(before.ts) < 300;
}

/** Tells screen readers of a new message by somebody else; edits and old messages stay silent. */
function Announcer({ last, boot }: { last: Message | undefined; boot: Boot }) {
  const known = useRef(last?.ts);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (!last || last.ts === known.current) return;
    const isNew = known.current !== undefined && Number(last.ts) > Number(known.current);
    known.current = last.ts;
    if (!isNew || last.user === boot.me.id) return;
    const name = boot.people.find((person) => person.id === last.user)?.real_name ?? 'Somebody';
    // Without its text: that stands in the list already, where it can be read with its structure.
    setWords(`New message from ${name}, ${clock(momentOf(last.ts))}`);
  }, [last?.ts]);
  return (
    <div class="sr" aria-live="polite">
      {words}
    </div>
  );
}
