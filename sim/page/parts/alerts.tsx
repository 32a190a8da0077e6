import { useEffect, useState } from 'preact/hooks';
import type { Report } from '../../slack/client-api.ts';
import { useWorkspace } from './context.ts';

/** Makes the monitor of the workspace report something, to see what becomes of it. */
export function AlertsPanel({ app }: { app: string }) {
  const workspace = useWorkspace();
  const [known, setKnown] = useState<{ channel: string; alerts: Report[] } | null>(null);
  const [times, setTimes] = useState(0);
  useEffect(
    () =>
      void workspace.api.alerts().then((answer) => {
        if (answer.ok) setKnown(answer);
        else workspace.toast(answer.sentence, { tone: 'error' });
      }),
    [],
  );
  const raise = async (id: string) => {
    const answer = await workspace.api.raiseAlert(id);
    setTimes(answer.ok ? times + 1 : times);
    if (!answer.ok) workspace.toast(answer.sentence, { tone: 'error' });
  };
  return (
    <div class="tools-body faults">
      <p class="muted">
        Make a monitor report something in #{known?.channel}, and see what {app} answers in its thread. The same once
        more is the same alert.
      </p>
      <ul class="fault-list">
        {known?.alerts.map(({ id, title, service }) => (
          <li key={id} class="fault">
            <span>
              <b>{title}</b>
              <span class="muted">{service}</span>
            </span>
            <button type="button" class="btn btn-small" aria-label={`Report ${title}`} onClick={() => void raise(id)}>
              Report
            </button>
          </li>
        ))}
      </ul>
      <p class="muted" role="status">
        {times > 0 && `Reported in #${known?.channel}${times > 1 ? `, ${times} times` : ''}.`}
      </p>
    </div>
  );
}
