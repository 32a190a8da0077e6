import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Popup } from '../parts/popup.tsx';

export interface Choice {
  key: string;
  label: string;
  description?: string;
}

export interface ChoiceGroup {
  label?: string;
  choices: Choice[];
}

interface PickerProps {
  id?: string;
  name?: string;
  describedBy?: string;
  placeholder: string;
  groups: ChoiceGroup[];
  selected: Choice[];
  multi: boolean;
  onChange: (selected: Choice[]) => void;
  /** Asks elsewhere for choices; a string is why there are none. */
  search?: (text: string) => Promise<ChoiceGroup[] | string>;
  minQuery?: number;
  max?: number;
  clearable?: boolean;
  wrong?: boolean;
  required?: boolean;
  busy?: boolean;
  data: Record<string, string>;
}

/** One or several out of a list, with a filter: what Slack draws for every kind of select. */
export function Picker(props: PickerProps) {
  const { selected, multi } = props;
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const list = useId();
  const shown = multi ? '' : selected[0]?.label;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <span class={`picker${multi ? ' is-multi' : ''}`}>
      {multi && selected.length > 0 && (
        <span class="chips">
          {selected.map((choice) => (
            <span class="chip" key={choice.key}>
              {choice.label}
              <button
                type="button"
                aria-label={`Remove ${choice.label}`}
                onClick={() => props.onChange(selected.filter((other) => other.key !== choice.key))}
              >
                <Icon name="close" size={12} />
              </button>
            </span>
          ))}
        </span>
      )}
      <button
        ref={trigger}
        type="button"
        id={props.id}
        class={`select${shown ? '' : ' is-empty'}`}
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        aria-label={props.name}
        aria-describedby={props.describedBy}
        aria-invalid={props.wrong || undefined}
        aria-required={props.required || undefined}
        aria-busy={props.busy || undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={onKeyDown}
        {...props.data}
      >
        <span class="select-text">{shown || props.placeholder}</span>
        {props.busy ? <span class="spinner" /> : <Icon name="down" size={14} />}
      </button>
      {open && <Choices {...props} list={list} anchor={trigger} onClose={() => setOpen(false)} />}
    </span>
  );
}

type ChoicesProps = PickerProps & { list: string; anchor: { current: HTMLButtonElement | null }; onClose: () => void };

function Choices(props: ChoicesProps) {
  const { selected, multi, list, anchor, onClose } = props;
  const [text, setText] = useState('');
  const found = useFound(props, text);
  const flat = useMemo(() => found.groups.flatMap((group) => group.choices), [found.groups]);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      flat.findIndex((choice) => choice.key === selected[0]?.key),
    ),
  );
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const close = () => {
    onClose();
    anchor.current?.focus();
  };
  const toggle = (choice: Choice) => {
    if (!multi) {
      close();
      return props.onChange([choice]);
    }
    const has = selected.some((other) => other.key === choice.key);
    if (has) return props.onChange(selected.filter((other) => other.key !== choice.key));
    if (!props.max || selected.length < props.max) props.onChange([...selected, choice]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return onClose();
    if (event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      if (flat[at]) toggle(flat[at]);
      return;
    }
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(flat.length - 1, next)));
  };
  const full = multi && props.max !== undefined && selected.length >= props.max;
  return (
    <Popup anchor={anchor} onClose={close} match class="choices">
      <div class="choices-filter">
        <Icon name="search" size={15} />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={`Filter ${props.name ?? 'choices'}`}
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={flat[at] ? `${list}-${at}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          placeholder="Type to filter"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        {props.clearable && selected.length > 0 && (
          <button
            type="button"
            class="link-btn"
            onClick={() => {
              props.onChange([]);
              close();
            }}
          >
            Clear
          </button>
        )}
      </div>
      {full && <div class="choices-note">You have chosen all {props.max} that are allowed.</div>}
      {found.note && (
        <div class="choices-note" role="status">
          {found.note}
        </div>
      )}
      <div
        id={list}
        role="listbox"
        aria-label={props.name ?? props.placeholder}
        aria-multiselectable={multi}
        class="choices-list"
      >
        {found.groups.map((group, index) => (
          // biome-ignore lint/a11y/useSemanticElements: a list box may hold groups, not field sets
          <div key={group.label ?? index} role="group" aria-label={group.label}>
            {group.label && <div class="choices-group">{group.label}</div>}
            {group.choices.map((choice) => {
              const position = flat.indexOf(choice);
              const chosen = selected.some((other) => other.key === choice.key);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard is handled by the filter above
                <div
                  key={choice.key}
                  id={`${list}-${position}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={chosen}
                  class={`choice${position === at ? ' is-at' : ''}`}
                  onPointerMove={() => position !== at && setAt(position)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => toggle(choice)}
                >
                  <span class="choice-mark">{chosen && <Icon name="check" size={15} />}</span>
                  <span class="choice-words">
                    {choice.label}
                    {choice.description && <span class="choice-more">{choice.description}</span>}
                  </span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </Popup>
  );
}

/** The choices for what was typed: filtered here, or asked for elsewhere once typing pauses. */
function useFound(
  { groups, search, minQuery = 0 }: PickerProps,
  text: string,
): { groups: ChoiceGroup[]; note?: string } {
  const [remote, setRemote] = useState<{ groups: ChoiceGroup[]; note?: string }>({ groups: [] });
  useEffect(() => {
    if (!search) return;
    if (text.length < minQuery) {
      setRemote({ groups: [], note: `Type at least ${minQuery} ${minQuery === 1 ? 'character' : 'characters'}.` });
      return;
    }
    let stale = false;
    setRemote((before) => ({ ...before, note: 'Looking…' }));
    const timer = setTimeout(async () => {
      const answer = await search(text);
      if (stale) return;
      if (typeof answer === 'string') setRemote({ groups: [], note: answer });
      else
        setRemote({
          groups: answer,
          note: answer.some((group) => group.choices.length) ? undefined : 'Nothing found.',
        });
    }, 150);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text]);
  const local = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const kept = groups.map((group) => ({
      ...group,
      choices: group.choices.filter((choice) =>
        `${choice.label} ${choice.description ?? ''}`.toLowerCase().includes(wanted),
      ),
    }));
    return kept.filter((group) => group.choices.length > 0);
  }, [groups, text]);
  if (search) return remote;
  return { groups: local, note: local.length === 0 ? 'Nothing found.' : undefined };
}
