import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { richText, toRich } from '../state/form.ts';
import { plainText } from '../text/view.tsx';
import { type FieldProps, useChoice } from './act.ts';
import type { Element, RichText } from './types.ts';

const initialText = (element: Element) =>
  typeof element.initial_value === 'string' ? element.initial_value : richText(element.initial_value);

/** Every element one types into: plain, rich (typed as plain text), number, email, address. */
export function TextField(props: FieldProps) {
  const { element, blockId } = props;
  const { choose, held, act } = useChoice({ ...props, dispatch: false });
  const rich = element.type === 'rich_text_input';
  const multiline = rich || element.multiline === true;
  const value = held
    ? rich
      ? richText(held.rich_text_value as RichText | null)
      : ((held.value as string | null) ?? '')
    : initialText(element);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const shape = (text: string) => (rich ? { rich_text_value: toRich(text) } : { value: text === '' ? null : text });
  const onInput = (text: string) => {
    void choose(shape(text));
    if (props.dispatch && triggers.includes('on_character_entered')) void act(shape(text));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || multiline || !props.dispatch || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    void act(shape(value));
  };
  const shared = {
    id: props.id,
    class: 'field',
    'aria-label': props.name,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.wrong || undefined,
    'aria-required': props.required || undefined,
    placeholder: plainText(element.placeholder),
    value,
    onKeyDown,
    'data-block-id': blockId,
    'data-action-id': element.action_id,
    'data-focus': element.focus_on_load || undefined,
  };
  const types: Record<string, 'email' | 'url'> = { email_text_input: 'email', url_text_input: 'url' };
  return (
    <>
      {multiline ? (
        <Growing {...shared} onText={onInput} />
      ) : (
        <input
          {...shared}
          type={(types[element.type] ?? 'text') as 'text'}
          inputMode={element.type === 'number_input' ? (element.is_decimal_allowed ? 'decimal' : 'numeric') : undefined}
          autocomplete="off"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {element.max_length !== undefined && value.length > element.max_length * 0.8 && (
        <span class={`counter${value.length > element.max_length ? ' is-over' : ''}`} aria-live="polite">
          {value.length.toLocaleString('en')} of {element.max_length.toLocaleString('en')}
        </span>
      )}
    </>
  );
}

/** A text area grows with its text up to this many pixels, so that the next fields of a form stay in sight. */
const TALLEST = 220;

function Growing({ onText, ...rest }: Record<string, unknown> & { value: string; onText: (text: string) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const it = area.current!;
    it.style.height = 'auto';
    it.style.height = `${Math.min(it.scrollHeight + 2, TALLEST)}px`;
  }, [rest.value]);
  return <textarea ref={area} rows={4} {...rest} onInput={(event) => onText(event.currentTarget.value)} />;
}

const dateKinds = {
  datepicker: { input: 'date', field: 'selected_date' },
  timepicker: { input: 'time', field: 'selected_time' },
  datetimepicker: { input: 'datetime-local', field: 'selected_date_time' },
} as const;

const pad = (n: number) => String(n).padStart(2, '0');

/** Seconds since 1970 as the local date and time that the browser's own field takes. */
function localInput(seconds: number): string {
  const at = new Date(seconds * 1000);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

export function DateField(props: FieldProps) {
  const { element } = props;
  const { choose, held } = useChoice(props);
  const { input, field } = dateKinds[element.type as keyof typeof dateKinds];
  const first = element.initial_date ?? element.initial_time ?? element.initial_date_time ?? null;
  const raw = (held && field in held ? held[field] : first) as string | number | null;
  const shown = typeof raw === 'number' ? localInput(raw) : (raw ?? '');
  const onChange = (text: string) => {
    const value =
      text === '' ? null : field === 'selected_date_time' ? Math.floor(new Date(text).getTime() / 1000) : text;
    void choose({ [field]: value });
  };
  return (
    <input
      type={input}
      id={props.id}
      class="field field-date"
      aria-label={props.name ?? (props.id ? undefined : plainText(element.placeholder) || 'Date')}
      aria-describedby={props.describedBy}
      aria-invalid={props.wrong || undefined}
      aria-required={props.required || undefined}
      value={shown}
      data-block-id={props.blockId}
      data-action-id={element.action_id}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface Chosen {
  id: string;
  name: string;
  mimetype: string;
  size: number;
}

/** Names and sizes of the chosen files. The stand-in has no upload for people, so nothing but that is sent. */
export function FileField(props: FieldProps) {
  const { element } = props;
  const { choose, held } = useChoice(props);
  const files = (held?.files ?? []) as Chosen[];
  const onChange = (list: FileList | null) => {
    const chosen = [...(list ?? [])].slice(0, element.max_files ?? 10).map((file, index) => ({
      id: `F${Date.now().toString(36).toUpperCase()}${index}`,
      name: file.name,
      mimetype: file.type,
      size: file.size,
    }));
    void choose({ files: chosen });
  };
  return (
    <div class="files">
      <input
        type="file"
        id={props.id}
        class="field"
        aria-label={props.name}
        aria-describedby={props.describedBy}
        aria-invalid={props.wrong || undefined}
        multiple={(element.max_files ?? 10) > 1}
        accept={element.filetypes?.map((type) => `.${type}`).join(',')}
        data-block-id={props.blockId}
        data-action-id={element.action_id}
        onChange={(event) => onChange(event.currentTarget.files)}
      />
      {files.map((file) => (
        <span class="chip" key={file.id}>
          <Icon name="file" size={14} /> {file.name}
        </span>
      ))}
    </div>
  );
}
