/** A labelled field of the switchboard's small forms. */

export interface Choices {
  label?: string;
  options: (readonly [value: string, words: string])[];
}

interface SelectProps {
  label: string;
  value: string;
  onPick: (value: string) => void;
  /** With labels: in groups. */
  of: Choices[];
}

export function FaultSelect({ label, value, onPick, of }: SelectProps) {
  const options = (choices: Choices) =>
    choices.options.map(([key, words]) => (
      <option key={key} value={key}>
        {words}
      </option>
    ));
  return (
    <label class="fault-field">
      <span>{label}</span>
      <select class="field field-small" value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {of.map((choices) =>
          choices.label ? (
            <optgroup key={choices.label} label={choices.label}>
              {options(choices)}
            </optgroup>
          ) : (
            options(choices)
          ),
        )}
      </select>
    </label>
  );
}

interface InputProps {
  label: string;
  value: string;
  onType: (value: string) => void;
  number?: boolean;
}

export function FaultInput({ label, value, onType, number = false }: InputProps) {
  return (
    <label class="fault-field">
      <span>{label}</span>
      <input
        class="field field-small"
        type={(number ? 'number' : 'text') as 'text'}
        min={number ? 0 : undefined}
        step={number ? 0.5 : undefined}
        value={value}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}

export const howOften: Choices = {
  options: [
    ['1', 'Once'],
    ['2', 'Twice'],
    ['5', 'Five times'],
    ['always', 'Until removed'],
  ],
};
