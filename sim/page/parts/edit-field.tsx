import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Boot, Message } from '../../slack/client-api.ts';
import { toTyped } from '../text/words.ts';
import { toSend } from './complete.ts';
import { useWorkspace } from './context.ts';

/** One's own message as a field: Enter saves, Escape leaves it as it was. */
export function EditField({ message, boot }: { message: Message; boot: Boot }) {
  const workspace = useWorkspace();
  const [text, setText] = useState(() => toTyped(message.text, boot));
  const [saving, setSaving] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const it = area.current!;
    it.focus();
    it.setSelectionRange(it.value.length, it.value.length);
  }, []);
  useLayoutEffect(() => {
    const it = area.current!;
    it.style.height = 'auto';
    it.style.height = `${Math.min(it.scrollHeight, 260)}px`;
  }, [text]);
  // The article is there before and after the field, so whoever uses the keyboard stays at the message.
  const leave = () => {
    area.current?.closest<HTMLElement>('.msg')?.focus({ preventScroll: true });
    workspace.edit(null);
  };
  const save = async () => {
    const words = toSend(text, boot);
    if (words === '' || saving) return;
    if (words === message.text) return leave();
    setSaving(true);
    const article = area.current?.closest<HTMLElement>('.msg');
    const done = await workspace.saveEdit(message, words);
    setSaving(false);
    if (done) article?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      leave();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div class="edit">
      <textarea
        ref={area}
        class="field"
        rows={1}
        aria-label="Edit message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="edit-bar">
        <button type="button" class="btn btn-small" onClick={leave}>
          Cancel
        </button>
        <button
          type="button"
          class="btn btn-small btn-primary"
          aria-busy={saving || undefined}
          disabled={text.trim() === ''}
          onClick={() => void save()}
        >
          Save
        </button>
      </div>
    </div>
  );
}
