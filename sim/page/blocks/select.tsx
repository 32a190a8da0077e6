import { useMemo } from 'preact/hooks';
import { useSurface, useWorkspace } from '../parts/context.ts';
import { channelLabel } from '../state/state.ts';
import { plainText } from '../text/view.tsx';
import { type FieldProps, useChoice } from './act.ts';
import { type Choice, type ChoiceGroup, Picker } from './picker.tsx';
import type { Element, Option, OptionGroup } from './types.ts';

/** static, external, users, conversations and channels selects, each for one or several. */
export function Select(props: FieldProps) {
  const kind = props.element.type.replace(/^multi_/, '').replace(/_select$/, '');
  return kind === 'static' || kind === 'external' ? <OptionSelect {...props} /> : <IdSelect {...props} kind={kind} />;
}

const keyOf = (option: Option) => option.value ?? plainText(option.text);
const toChoice = (option: Option): Choice => ({
  key: keyOf(option),
  label: plainText(option.text),
  description: option.description ? plainText(option.description) : undefined,
});

const grouped = (options?: Option[], groups?: OptionGroup[]): ChoiceGroup[] =>
  groups && groups.length > 0
    ? groups.map((group) => ({ label: plainText(group.label), choices: group.options.map(toChoice) }))
    : [{ choices: (options ?? []).map(toChoice) }];

/** What every kind has in common. */
function common({ element, blockId, name, id, describedBy, required, wrong }: FieldProps) {
  return {
    id,
    name: name ?? (id ? undefined : plainText(element.placeholder) || 'Choose'),
    describedBy,
    required,
    wrong,
    multi: element.type.startsWith('multi_'),
    max: element.max_selected_items,
    clearable: required === false,
    placeholder: plainText(element.placeholder) || 'Choose an option',
    data: { 'data-block-id': blockId, 'data-action-id': element.action_id ?? '' },
  };
}

function OptionSelect(props: FieldProps) {
  const { element, blockId } = props;
  const workspace = useWorkspace();
  const { container } = useSurface();
  const { choose, held, busy } = useChoice(props);
  const shared = common(props);
  const external = element.type.endsWith('external_select');
  const known = useMemo(() => new Map<string, Option>(), [element]);
  const learn = (options: Option[]) => {
    for (const option of options) known.set(keyOf(option), option);
  };
  const groups = useMemo(() => grouped(element.options, element.option_groups), [element]);
  const current = shared.multi
    ? ((held?.selected_options ?? element.initial_options ?? []) as Option[])
    : [(held && 'selected_option' in held ? held.selected_option : element.initial_option) as Option | null].filter(
        (option) => option != null,
      );
  learn([...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options), ...current]);
  const search = async (text: string) => {
    const found = await workspace.options(container, { block: blockId, action: element.action_id ?? '' }, text);
    if (typeof found === 'string') return found;
    learn([...(found.options ?? []), ...(found.groups ?? []).flatMap((group) => group.options)]);
    return grouped(found.options, found.groups);
  };
  const onChange = (chosen: Choice[]) => {
    const options = chosen.map((choice) => known.get(choice.key)!);
    void choose(shared.multi ? { selected_options: options } : { selected_option: options[0] ?? null });
  };
  return (
    <Picker
      {...shared}
      groups={groups}
      selected={current.map(toChoice)}
      onChange={onChange}
      busy={busy}
      search={external ? search : undefined}
      minQuery={element.min_query_length ?? 3}
    />
  );
}

const one = { users: 'selected_user', conversations: 'selected_conversation', channels: 'selected_channel' } as const;
type IdKind = keyof typeof one;

function initialIds(element: Element, kind: IdKind): string[] {
  const single = {
    users: element.initial_user,
    conversations: element.initial_conversation,
    channels: element.initial_channel,
  };
  const many = {
    users: element.initial_users,
    conversations: element.initial_conversations,
    channels: element.initial_channels,
  };
  return many[kind] ?? (single[kind] ? [single[kind]] : []);
}

function IdSelect(props: FieldProps & { kind: string }) {
  const workspace = useWorkspace();
  const { choose, held, busy } = useChoice(props);
  const shared = common(props);
  const kind = (props.kind in one ? props.kind : 'users') as IdKind;
  const field = shared.multi ? `${one[kind]}s` : one[kind];
  const boot = workspace.get().boot!;
  const groups = useMemo((): ChoiceGroup[] => {
    if (kind === 'users') {
      const people = boot.people.filter((person) => !person.deleted && !person.is_bot);
      return [
        {
          choices: people.map((person) => ({
            key: person.id,
            label: person.real_name || person.name,
            description: person.title,
          })),
        },
      ];
    }
    const wanted = boot.channels.filter((channel) => kind === 'conversations' || !channel.is_im);
    return [
      {
        choices: wanted.map((channel) => ({
          key: channel.id,
          label: `${channel.is_im ? '' : '#'}${channelLabel(channel, boot)}`,
          description: channel.topic || undefined,
        })),
      },
    ];
  }, [kind, boot.people, boot.channels]);
  const raw = held && field in held ? held[field] : initialIds(props.element, kind);
  const ids = (Array.isArray(raw) ? raw : [raw]).filter((id): id is string => typeof id === 'string');
  const choices = groups[0]!.choices;
  const selected = ids.map(
    (id) => choices.find((choice) => choice.key === id) ?? { key: id, label: workspace.person(id)?.real_name ?? id },
  );
  const onChange = (chosen: Choice[]) => {
    const keys = chosen.map((choice) => choice.key);
    void choose({ [field]: shared.multi ? keys : (keys[0] ?? null) });
  };
  return <Picker {...shared} groups={groups} selected={selected} onChange={onChange} busy={busy} />;
}
