import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { findEmoji } from '../text/emoji.ts';
import { Popup } from './popup.tsx';

interface EmojiPickerProps {
  anchor: { current: HTMLElement | null };
  onPick: (name: string) => void;
  onClose: () => void;
}

/** The workspace's emoji with a filter by name. */
export function EmojiPicker({ anchor, onPick, onClose }: EmojiPickerProps) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus({ preventScroll: true }), []);
  const found = findEmoji(text.trim().toLowerCase().replace(/^:|:$/g, ''), 200);
  const pick = (name: string) => {
    onClose();
    onPick(name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !found[0]) return;
    event.preventDefault();
    pick(found[0].name);
  };
  return (
    <Popup anchor={anchor} onClose={onClose} align="end" class="emojis">
      <div role="dialog" aria-label="Choose an emoji">
        <input
          ref={input}
          class="field field-small"
          type="search"
          aria-label="Find an emoji"
          placeholder="Find an emoji"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div class="emoji-grid">
          {found.map((entry) => (
            <button
              key={entry.name}
              type="button"
              aria-label={entry.name.replaceAll('_', ' ')}
              title={`:${entry.name}:`}
              onClick={() => pick(entry.name)}
            >
              {entry.char}
            </button>
          ))}
          {found.length === 0 && <span class="muted">No emoji has this name.</span>}
        </div>
      </div>
    </Popup>
  );
}
