import { useEffect, useState } from 'preact/hooks';
import type { Fault } from '../../slack/client-api.ts';
import { useWorkspace } from './context.ts';
import { type Choices, FaultInput, FaultSelect, howOften } from './fault-fields.tsx';
import { GitHubFaults } from './github-faults.tsx';
import { Icon } from './icon.tsx';

const same = (...names: string[]) => names.map((name) => [name, name] as const);

const places: Choices[] = [
  { options: [['*', 'Everything']] },
  {
    label: 'From Slack to the app',
    options: [
      ['events', 'Events'],
      ['actions', 'Button presses'],
      ['commands', 'Commands'],
      ['views', 'Submitted dialogs'],
      ['shortcuts', 'Shortcuts'],
      ['options', 'Searches in selects'],
    ],
  },
  {
    label: 'Messages',
    options: [
      ...same('chat.postMessage', 'chat.update', 'chat.postEphemeral', 'chat.delete', 'chat.getPermalink'),
      ['response_url', 'Response URLs'],
      ...same('reactions.add', 'reactions.remove'),
    ],
  },
  { label: 'Dialogs and Home', options: same('views.open', 'views.push', 'views.update', 'views.publish') },
  {
    label: 'Channels and people',
    options: same(
      'conversations.history',
      'conversations.replies',
      'conversations.list',
      'conversations.info',
      'conversations.members',
      'conversations.join',
      'conversations.open',
      'users.info',
      'users.list',
      'usergroups.list',
    ),
  },
  { label: 'Files', options: same('files.getUploadURLExternal', 'files.completeUploadExternal', 'files.info') },
];
const words = new Map(places.flatMap((group) => group.options));

const kinds: Record<Fault['kind'], string> = {
  rate_limited: 'Refuse: too many calls',
  server_error: 'Fail with status 500',
  timeout: 'No answer, nothing done',
  timeout_after: 'Do it, then no answer',
  duplicate: 'Deliver twice',
  delay: 'Answer late',
  error: 'Refuse with an error name',
};

/** The switchboard: what shall go wrong, where, and how often. */
export function FaultsPanel({ app }: { app: string }) {
  const workspace = useWorkspace();
  const [faults, setFaults] = useState<Fault[]>([]);
  const take = (answer: Awaited<ReturnType<typeof workspace.api.faults>>) => {
    if (answer.ok) setFaults(answer.faults);
    else workspace.toast(answer.sentence, { tone: 'error' });
  };
  useEffect(() => void workspace.api.faults().then(take), []);
  const send = async (body: object) => take(await workspace.api.setFaults(body));
  return (
    <div class="tools-body faults">
      <p class="muted">
        See how {app} copes when Slack or GitHub misbehaves. A fault holds for everybody until it has fired as often as
        you say.
      </p>
      <h2>Slack</h2>
      <NewFault onAdd={(fault) => void send(fault)} />
      <h3>Set now</h3>
      {faults.length === 0 && <p class="muted">None: everything works.</p>}
      <ul class="fault-list">
        {faults.map((fault) => (
          <FaultRow key={fault.id} fault={fault} onRemove={() => void send({ remove: fault.id })} />
        ))}
      </ul>
      {faults.length > 1 && (
        <button type="button" class="btn btn-small" onClick={() => void send({ clear: true })}>
          Remove all
        </button>
      )}
      <GitHubFaults />
    </div>
  );
}

function FaultRow({ fault, onRemove }: { fault: Fault; onRemove: () => void }) {
  return (
    <li class="fault">
      <span>
        <b>{kinds[fault.kind]}</b>
        {fault.error && <code>{fault.error}</code>}
        <span class="muted">
          {words.get(fault.on) ?? fault.on} · {fault.times === null ? 'until removed' : `${fault.times} more`}
        </span>
      </span>
      <button
        type="button"
        class="btn btn-icon btn-quiet"
        aria-label={`Remove ${kinds[fault.kind]}`}
        onClick={onRemove}
      >
        <Icon name="trash" size={16} />
      </button>
    </li>
  );
}

function NewFault({ onAdd }: { onAdd: (fault: Omit<Fault, 'id'>) => void }) {
  const [on, setOn] = useState('chat.update');
  const [kind, setKind] = useState<Fault['kind']>('rate_limited');
  const [times, setTimes] = useState('1');
  const [error, setError] = useState('internal_error');
  const [amount, setAmount] = useState('2');
  const add = (event: Event) => {
    event.preventDefault();
    onAdd({
      on,
      kind,
      times: times === 'always' ? null : Number(times),
      ...(kind === 'error' ? { error: error.trim() } : {}),
      ...(kind === 'rate_limited' ? { retry_after: Number(amount) } : {}),
      ...(kind === 'delay' ? { delay_ms: Number(amount) * 1000 } : {}),
    });
  };
  return (
    <form class="fault-form" aria-label="New fault of Slack" onSubmit={add}>
      <FaultSelect label="Where" value={on} onPick={setOn} of={places} />
      <FaultSelect
        label="What"
        value={kind}
        onPick={(value) => setKind(value as Fault['kind'])}
        of={[{ options: Object.entries(kinds) }]}
      />
      {(kind === 'rate_limited' || kind === 'delay') && (
        <FaultInput
          label={kind === 'delay' ? 'Seconds late' : 'Retry after (seconds)'}
          value={amount}
          onType={setAmount}
          number
        />
      )}
      {kind === 'error' && <FaultInput label="Error name" value={error} onType={setError} />}
      <FaultSelect label="How often" value={times} onPick={setTimes} of={[howOften]} />
      <button type="submit" class="btn btn-primary btn-small">
        Set fault
      </button>
    </form>
  );
}
