import { useEffect, useState } from 'preact/hooks';
import type { Fault } from '../../slack/client-api.ts';
import { useWorkspace } from './context.ts';
import { Icon } from './icon.tsx';

const places = [
  ['*', 'Everything'],
  ['chat.postMessage', 'chat.postMessage'],
  ['chat.update', 'chat.update'],
  ['chat.postEphemeral', 'chat.postEphemeral'],
  ['views.open', 'views.open'],
  ['views.update', 'views.update'],
  ['views.publish', 'views.publish'],
  ['users.info', 'users.info'],
  ['events', 'Events to the app'],
  ['actions', 'Button presses to the app'],
  ['commands', 'Commands to the app'],
  ['views', 'Submitted dialogs to the app'],
] as const;

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
        See how {app} copes when Slack misbehaves. A fault holds for everybody until it has fired as often as you say.
      </p>
      <NewFault onAdd={(fault) => void send(fault)} />
      <h2>Set now</h2>
      {faults.length === 0 && <p class="muted">None: everything works.</p>}
      <ul class="fault-list">
        {faults.map((fault) => (
          <li key={fault.id} class="fault">
            <span>
              <b>{kinds[fault.kind]}</b>
              {fault.error && <code>{fault.error}</code>}
              <span class="muted">
                {places.find(([key]) => key === fault.on)?.[1] ?? fault.on} ·{' '}
                {fault.times === null ? 'until removed' : `${fault.times} more`}
              </span>
            </span>
            <button
              type="button"
              class="btn btn-icon btn-quiet"
              aria-label={`Remove ${kinds[fault.kind]}`}
              onClick={() => void send({ remove: fault.id })}
            >
              <Icon name="trash" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {faults.length > 1 && (
        <button type="button" class="btn btn-small" onClick={() => void send({ clear: true })}>
          Remove all
        </button>
      )}
    </div>
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
  const pick = (label: string, value: string, set: (value: string) => void, options: (readonly [string, string])[]) => (
    <label class="fault-field">
      <span>{label}</span>
      <select class="field field-small" value={value} onChange={(event) => set(event.currentTarget.value)}>
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="fault-form" onSubmit={add}>
      {pick('Where', on, setOn, [...places])}
      {pick('What', kind, (value) => setKind(value as Fault['kind']), Object.entries(kinds))}
      {(kind === 'rate_limited' || kind === 'delay') && (
        <label class="fault-field">
          <span>{kind === 'delay' ? 'Seconds late' : 'Retry after (seconds)'}</span>
          <input
            class="field field-small"
            type="number"
            min="0"
            step="0.5"
            value={amount}
            onInput={(event) => setAmount(event.currentTarget.value)}
          />
        </label>
      )}
      {kind === 'error' && (
        <label class="fault-field">
          <span>Error name</span>
          <input class="field field-small" value={error} onInput={(event) => setError(event.currentTarget.value)} />
        </label>
      )}
      {pick('How often', times, setTimes, [
        ['1', 'Once'],
        ['2', 'Twice'],
        ['5', 'Five times'],
        ['always', 'Until removed'],
      ])}
      <button type="submit" class="btn btn-primary btn-small">
        Set fault
      </button>
    </form>
  );
}
