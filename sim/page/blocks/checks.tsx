import { useId } from 'preact/hooks';
import { plainText, Text } from '../text/view.tsx';
import { type FieldProps, useChoice } from './act.ts';
import type { Option } from './types.ts';

const keyOf = (option: Option) => option.value ?? plainText(option.text);

interface CheckProps {
  kind: 'checkbox' | 'radio';
  group: string;
  option: Option;
  checked: boolean;
  props: FieldProps;
  onChange: (on: boolean) => void;
}

function Check({ kind, group, option, checked, props, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type={kind}
        name={group}
        checked={checked}
        data-block-id={props.blockId}
        data-action-id={props.element.action_id}
        value={option.value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <Text of={option.text} />
        {option.description && (
          <span class="check-more">
            <Text of={option.description} />
          </span>
        )}
      </span>
    </label>
  );
}

export function Checkboxes(props: FieldProps) {
  const { element } = props;
  const { choose, held } = useChoice(props);
  const group = useId();
  const chosen = (held?.selected_options ?? element.initial_options ?? []) as Option[];
  const toggle = (option: Option, on: boolean) => {
    // In the order of the list, whatever the order of clicking.
    const keys = new Set(chosen.map(keyOf));
    if (on) keys.add(keyOf(option));
    else keys.delete(keyOf(option));
    void choose({ selected_options: (element.options ?? []).filter((other) => keys.has(keyOf(other))) });
  };
  return (
    <fieldset class="checks" aria-label={props.name} aria-describedby={props.describedBy}>
      {(element.options ?? []).map((option) => (
        <Check
          key={keyOf(option)}
          kind="checkbox"
          group={group}
          option={option}
          props={props}
          checked={chosen.some((other) => keyOf(other) === keyOf(option))}
          onChange={(on) => toggle(option, on)}
        />
      ))}
    </fieldset>
  );
}

export function Radios(props: FieldProps) {
  const { element } = props;
  const { choose, held } = useChoice(props);
  const group = useId();
  const chosen = (held && 'selected_option' in held ? held.selected_option : element.initial_option) as
    | Option
    | null
    | undefined;
  return (
    <div class="checks" role="radiogroup" aria-label={props.name} aria-describedby={props.describedBy}>
      {(element.options ?? []).map((option) => (
        <Check
          key={keyOf(option)}
          kind="radio"
          group={group}
          option={option}
          props={props}
          checked={chosen != null && keyOf(chosen) === keyOf(option)}
          onChange={() => void choose({ selected_option: option })}
        />
      ))}
    </div>
  );
}
