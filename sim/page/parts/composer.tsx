import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Boot } from '../../slack/client-api.ts';
import { Avatar } from './avatar.tsx';
import { type Completion, complete, type Suggestion, toSend } from './complete.ts';
import { useWorkspace } from './context.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Icon } from './icon.tsx';
import { Menu } from './popup.tsx';

interface ComposerProps {
  boot: Boot;
  channel: string;
  thread?: string;
  label: string;
  focus?: boolean;
}

/** Where messages and commands are typed. What was typed is kept per channel and thread until it has been accepted. */
export function Composer({ boot, channel, thread, label, focus }: ComposerProps) {
  const workspace = useWorkspace();
  const draft = `${channel}/${thread ?? ''}`;
  const [text, setText] = useState(workspace.drafts.get(draft) ?? '');
  const [found, setFound] = useState<Completion | null>(null);
  const [at, setAt] = useState(0);
  const [sending, setSending] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const caret = useRef<number | null>(null);

  useEffect(() => {
    if (focus && matchMedia('(hover: hover)').matches) area.current?.focus({ preventScroll: true });
  }, [draft]);
  useLayoutEffect(() => {
    const it = area.current!;
    it.style.height = 'auto';
    it.style.height = `${Math.min(it.scrollHeight, 260)}px`;
    if (caret.current === null) return;
    it.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);

  const type = (next: string, position?: number) => {
    setText(next);
    workspace.drafts.set(draft, next);
    if (position !== undefined) caret.current = position;
  };
  const look = () => {
    const it = area.current!;
    setFound(
      it.selectionStart === it.selectionEnd ? complete(it.value, it.selectionStart, boot, thread !== undefined) : null,
    );
    setAt(0);
  };
  const take = (suggestion: Suggestion) => {
    if (!found) return;
    const next = text.slice(0, found.from) + suggestion.insert + text.slice(found.to);
    type(next, found.from + suggestion.insert.length);
    setFound(null);
    area.current?.focus();
  };
  const send = async () => {
    const words = toSend(text, boot);
    if (words === '' || sending) return;
    if (words.startsWith('/') && thread !== undefined) {
      workspace.toast(
        'Slash commands do not work in threads. Mention the app here, or use the command in the channel.',
        { tone: 'error' },
      );
      return;
    }
    setSending(true);
    setFound(null);
    const done = await workspace.send(channel, words, thread);
    setSending(false);
    // Whatever was typed while it was on its way stays.
    if (done && workspace.drafts.get(draft) === text) type('');
    area.current?.focus();
  };
  const insert = (mark: string) => {
    const it = area.current!;
    const start = it.selectionStart;
    const space = mark !== '/' && start > 0 && !/\s/.test(text[start - 1]!) ? ' ' : '';
    type(
      mark === '/' ? `/${text}` : text.slice(0, start) + space + mark + text.slice(it.selectionEnd),
      mark === '/' ? 1 : start + space.length + mark.length,
    );
    it.focus();
    requestAnimationFrame(look);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (found) {
      const all = found.suggestions.length;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        return setAt((at + (event.key === 'ArrowDown' ? 1 : all - 1)) % all);
      }
      const exact = event.key === 'Enter' && found.suggestions[at]!.insert.trim() === text.slice(found.from, found.to);
      if ((event.key === 'Enter' && !event.shiftKey && !exact) || event.key === 'Tab') {
        event.preventDefault();
        return take(found.suggestions[at]!);
      }
      if (event.key === 'Escape') {
        event.stopPropagation();
        return setFound(null);
      }
    }
    if (event.key === 'ArrowUp' && text === '' && workspace.editLast(channel, thread)) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void send();
  };
  return (
    <div class="composer">
      {found && (
        <div class="suggestions">
          <div class="suggestions-title">{found.title}</div>
          <div id={list} role="listbox" aria-label={found.title}>
            {found.suggestions.map((suggestion, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard is handled by the text field
              <div
                key={suggestion.key}
                id={`${list}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                class={`suggestion${index === at ? ' is-at' : ''}`}
                onMouseDown={(event) => event.preventDefault()}
                onPointerMove={() => index !== at && setAt(index)}
                onClick={() => take(suggestion)}
              >
                {suggestion.user && <Avatar user={suggestion.user} size={22} />}
                <b>{suggestion.label}</b>
                <span>{suggestion.more}</span>
              </div>
            ))}
          </div>
        </div>
      )}
      <div class="composer-box">
        <textarea
          ref={area}
          rows={1}
          aria-label={label}
          aria-haspopup="listbox"
          aria-controls={found ? list : undefined}
          aria-activedescendant={found ? `${list}-${at}` : undefined}
          aria-autocomplete="list"
          placeholder={label}
          value={text}
          onInput={(event) => {
            type(event.currentTarget.value);
            look();
          }}
          onClick={look}
          onBlur={() => setFound(null)}
          onKeyDown={onKeyDown}
        />
        <ComposerBar boot={boot} inThread={thread !== undefined} insert={insert} />
        <button
          type="button"
          class="send"
          aria-label="Send"
          disabled={text.trim() === '' || sending}
          onClick={() => void send()}
        >
          {sending ? <span class="spinner" /> : <Icon name="send" size={17} />}
        </button>
      </div>
    </div>
  );
}

function ComposerBar({ boot, inThread, insert }: { boot: Boot; inThread: boolean; insert: (mark: string) => void }) {
  const workspace = useWorkspace();
  const [shortcuts, setShortcuts] = useState(false);
  const [emojis, setEmojis] = useState(false);
  const bolt = useRef<HTMLButtonElement>(null);
  const smile = useRef<HTMLButtonElement>(null);
  const global = boot.app.shortcuts.filter((shortcut) => shortcut.type === 'global');
  const items = global.map((shortcut) => ({
    label: shortcut.name,
    hint: shortcut.description,
    run: () => void workspace.shortcut(shortcut.callback_id),
  }));
  return (
    <div class="composer-bar">
      {global.length > 0 && (
        <button
          ref={bolt}
          type="button"
          class="tool"
          aria-label="Shortcuts"
          title="Shortcuts"
          aria-haspopup="menu"
          aria-expanded={shortcuts}
          onClick={() => setShortcuts(!shortcuts)}
        >
          <Icon name="bolt" size={17} />
        </button>
      )}
      {!inThread && (
        <button type="button" class="tool" aria-label="Commands" title="Commands" onClick={() => insert('/')}>
          <Icon name="slash" size={17} />
        </button>
      )}
      <button
        type="button"
        class="tool"
        aria-label="Mention somebody"
        title="Mention somebody"
        onClick={() => insert('@')}
      >
        <Icon name="at" size={17} />
      </button>
      <button
        ref={smile}
        type="button"
        class="tool"
        aria-label="Emoji"
        title="Emoji"
        aria-expanded={emojis}
        onClick={() => setEmojis(!emojis)}
      >
        <Icon name="smile" size={17} />
      </button>
      {shortcuts && (
        <Menu
          anchor={bolt}
          label="Shortcuts"
          align="start"
          groups={[{ title: boot.app.name, items }]}
          onClose={() => setShortcuts(false)}
        />
      )}
      {emojis && (
        <EmojiPicker anchor={smile} onPick={(name) => insert(`:${name}: `)} onClose={() => setEmojis(false)} />
      )}
    </div>
  );
}
