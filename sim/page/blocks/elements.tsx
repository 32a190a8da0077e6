import { useRef, useState } from 'preact/hooks';
import { useWorkspace } from '../parts/context.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/popup.tsx';
import { safeUrl } from '../text/inline.ts';
import { plainText } from '../text/view.tsx';
import { type FieldProps, useAct, useChoice } from './act.ts';
import { Checkboxes, Radios } from './checks.tsx';
import { DateField, FileField, TextField } from './inputs.tsx';
import { Picture } from './picture.tsx';
import { Select } from './select.tsx';
import type { Element, Option } from './types.ts';

/** Any element of a section, an action row or an input. */
export function ElementView(props: FieldProps) {
  switch (props.element.type) {
    case 'button':
    case 'workflow_button':
      return <Button {...props} />;
    case 'overflow':
      return <Overflow {...props} />;
    case 'static_select':
    case 'multi_static_select':
    case 'external_select':
    case 'multi_external_select':
    case 'users_select':
    case 'multi_users_select':
    case 'conversations_select':
    case 'multi_conversations_select':
    case 'channels_select':
    case 'multi_channels_select':
      return <Select {...props} />;
    case 'checkboxes':
      return <Checkboxes {...props} />;
    case 'radio_buttons':
      return <Radios {...props} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <DateField {...props} />;
    case 'plain_text_input':
    case 'rich_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return <TextField {...props} />;
    case 'file_input':
      return <FileField {...props} />;
    case 'image':
      return <Picture of={props.element} class="picture-small" />;
    default:
      return <span class="unknown">This page cannot draw a “{props.element.type}” element.</span>;
  }
}

export function Button({ blockId, element }: FieldProps) {
  const { act, busy } = useAct(blockId, element);
  const url = element.url ? safeUrl(element.url) : undefined;
  const label = plainText(element.text);
  const look = element.style === 'primary' ? ' btn-primary' : element.style === 'danger' ? ' btn-danger' : '';
  const press = async () => {
    if (busy) return;
    // A link opens at once and the app is told all the same, as in Slack. Opened first, or the browser blocks it.
    if (url && !element.confirm) window.open(url, '_blank', 'noopener');
    const done = await act({ value: element.value, text: element.text });
    if (url && element.confirm && done) window.open(url, '_blank', 'noopener');
  };
  return (
    <button
      type="button"
      class={`btn${look}`}
      aria-label={element.accessibility_label}
      title={element.accessibility_label ?? (label.length > 30 ? label : undefined)}
      aria-busy={busy || undefined}
      data-block-id={blockId}
      data-action-id={element.action_id}
      onClick={() => void press()}
    >
      <span class="btn-text">{label}</span>
      {url && <Icon name="external" size={14} />}
      {busy && <span class="spinner" />}
    </button>
  );
}

function Overflow(props: FieldProps) {
  const { blockId, element, name } = props;
  const { act, busy } = useAct(blockId, element);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const pick = (option: Option) => {
    const url = option.url ? safeUrl(option.url) : undefined;
    if (url) window.open(url, '_blank', 'noopener');
    void act({ selected_option: option });
  };
  const items = (element.options ?? []).map((option) => ({
    label: plainText(option.text),
    hint: option.description ? plainText(option.description) : undefined,
    run: () => pick(option),
  }));
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="btn btn-icon"
        aria-label={element.accessibility_label ?? `More options${name ? ` for ${name}` : ''}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={busy || undefined}
        data-block-id={blockId}
        data-action-id={element.action_id}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && <Menu anchor={anchor} label="More options" groups={[{ items }]} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Thumbs up and down under an answer. */
export function FeedbackButtons({ blockId, element }: { blockId: string; element: Element }) {
  const { choose, held } = useChoice({ blockId, element, dispatch: true });
  const buttons = [
    { of: element.positive_button, icon: 'thumbUp' as const, fallback: 'Good answer' },
    { of: element.negative_button, icon: 'thumbDown' as const, fallback: 'Bad answer' },
  ];
  return (
    <>
      {buttons.map(({ of, icon, fallback }) => (
        <button
          key={icon}
          type="button"
          class="btn btn-icon btn-quiet"
          aria-label={of?.accessibility_label ?? (plainText(of?.text) || fallback)}
          title={plainText(of?.text) || fallback}
          aria-pressed={held !== undefined && held.value === of?.value}
          data-block-id={blockId}
          data-action-id={element.action_id}
          onClick={() => void choose({ value: of?.value, text: of?.text })}
        >
          <Icon name={icon} />
        </button>
      ))}
    </>
  );
}

export function IconButton({ blockId, element }: { blockId: string; element: Element }) {
  const { act, busy } = useAct(blockId, element);
  const me = useWorkspace().get().boot?.me.id ?? '';
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(me)) return null;
  const label = element.accessibility_label ?? (plainText(element.text) || 'Action');
  return (
    <button
      type="button"
      class="btn btn-icon btn-quiet"
      aria-label={label}
      title={label}
      aria-busy={busy || undefined}
      data-block-id={blockId}
      data-action-id={element.action_id}
      onClick={() => void act({ value: element.value, icon: element.icon, text: element.text })}
    >
      <Icon name={element.icon === 'trash' ? 'trash' : 'bolt'} />
    </button>
  );
}
