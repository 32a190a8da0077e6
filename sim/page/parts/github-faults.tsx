import { useEffect, useState } from 'preact/hooks';
import type { Faults, RequestFault } from '../../github/faults.ts';
import { useWorkspace } from './context.ts';
import { type Choices, FaultInput, FaultSelect, howOften } from './fault-fields.tsx';
import { Icon } from './icon.tsx';

const kinds = {
  request: 'Answer a call badly',
  lost: 'Do it, then lose the answer',
  push: 'Refuse every push',
  drop: 'Lose webhooks',
  twice: 'Deliver webhooks twice',
  shuffle: 'Deliver webhooks out of order',
} as const;
type Kind = keyof typeof kinds;

/** Method and path of the calls that the app makes, as the stand-in compares them. */
const calls: Record<string, { words: string; method?: string; path: string }> = {
  all: { words: 'Everything', path: '' },
  open: { words: 'Open a pull request', method: 'POST', path: '/pulls$' },
  read: { words: 'Read a pull request', method: 'GET', path: '/pulls/\\d+$' },
  merge: { words: 'Merge', method: 'PUT', path: '/merge$' },
  checks: { words: 'Read checks', method: 'GET', path: '/(check-runs|status|statuses)$' },
  status: { words: 'Write a status', method: 'POST', path: '/statuses/' },
  comment: { words: 'Write a comment', method: 'POST', path: '/comments$' },
  deploy: { words: 'Deploy', method: 'POST', path: '/deployments$' },
  deployments: { words: 'Read deployments', method: 'GET', path: '/deployments' },
};
const statuses: Choices = {
  options: [
    ['500', '500 Server error'],
    ['502', '502 Bad gateway'],
    ['403', '403 Rate limit'],
    ['404', '404 Not found'],
    ['422', '422 Refused'],
  ],
};
/** GitHub says when to come back only for its rate limits. */
const rateLimit = { body: { message: 'You have exceeded a secondary rate limit.' }, headers: { 'retry-after': '2' } };

/** Faults of the GitHub stand-in; nothing where the real GitHub is used. */
export function GitHubFaults() {
  const workspace = useWorkspace();
  const [faults, setFaults] = useState<Faults | null>(null);
  const send = async (change?: Partial<Faults>) => {
    const answer = await workspace.api.gitHubFaults(change);
    if (answer.ok) setFaults(answer.faults);
    else workspace.toast(answer.sentence, { tone: 'error' });
  };
  const isStandIn = workspace.get().boot?.links.some((link) => link.url === `${location.origin}/github`) ?? false;
  useEffect(() => {
    if (isStandIn) void send();
  }, [isStandIn]);
  if (!faults) return null;
  const rows = rowsOf(faults);
  return (
    <>
      <h2>GitHub</h2>
      <NewGitHubFault faults={faults} onAdd={(change) => void send(change)} />
      <h3>Set now</h3>
      {rows.length === 0 && <p class="muted">None: GitHub works.</p>}
      <ul class="fault-list">
        {rows.map(({ words, more, without }) => (
          <li key={`${words} ${more}`} class="fault">
            <span>
              <b>{words}</b>
              <span class="muted">{more}</span>
            </span>
            <button
              type="button"
              class="btn btn-icon btn-quiet"
              aria-label={`Remove ${words}`}
              onClick={() => void send(without)}
            >
              <Icon name="trash" size={16} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface FaultLine {
  words: string;
  more: string;
  /** What takes it away again. */
  without: Partial<Faults>;
}

function rowsOf(faults: Faults): FaultLine[] {
  const { requests, refusePush, dropWebhooks, duplicateWebhooks, shuffleWebhooks } = faults;
  const held = 'until removed';
  return [
    ...requests.map((fault) => ({
      words: fault.afterApply ? kinds.lost : kinds.request,
      more: `${callOf(fault)} · status ${fault.status} · ${(fault.times ?? 1) > 1000 ? held : `${fault.times ?? 1} more`}`,
      without: { requests: requests.filter((other) => other !== fault) },
    })),
    ...(refusePush ? [{ words: kinds.push, more: refusePush, without: { refusePush: null } }] : []),
    ...(dropWebhooks > 0 ? [{ words: kinds.drop, more: `${dropWebhooks} more`, without: { dropWebhooks: 0 } }] : []),
    ...(duplicateWebhooks ? [{ words: kinds.twice, more: held, without: { duplicateWebhooks: false } }] : []),
    ...(shuffleWebhooks ? [{ words: kinds.shuffle, more: held, without: { shuffleWebhooks: false } }] : []),
  ];
}

function callOf(fault: RequestFault): string {
  const known = Object.values(calls).find((call) => call.path === fault.path && call.method === fault.method);
  return known?.words ?? `${fault.method ?? 'any method'} ${fault.path}`;
}

function NewGitHubFault({ faults, onAdd }: { faults: Faults; onAdd: (change: Partial<Faults>) => void }) {
  const [kind, setKind] = useState<Kind>('request');
  const [where, setWhere] = useState('open');
  const [status, setStatus] = useState('500');
  const [times, setTimes] = useState('1');
  const [sentence, setSentence] = useState('Pushes are refused for a while.');
  const isRequest = kind === 'request' || kind === 'lost';
  const add = (event: Event) => {
    event.preventDefault();
    const { path, method } = calls[where]!;
    const often = times === 'always' ? Number.MAX_SAFE_INTEGER : Number(times);
    const request: RequestFault = {
      path,
      status: Number(status),
      times: often,
      ...(method ? { method } : {}),
      ...(status === '403' ? rateLimit : {}),
      ...(kind === 'lost' ? { afterApply: true } : {}),
    };
    if (isRequest) onAdd({ requests: [...faults.requests, request] });
    else if (kind === 'push') onAdd({ refusePush: sentence.trim() || 'Refused.' });
    else if (kind === 'drop') onAdd({ dropWebhooks: often });
    else onAdd(kind === 'twice' ? { duplicateWebhooks: true } : { shuffleWebhooks: true });
  };
  const callChoices = Object.entries(calls).map(([key, { words }]) => [key, words] as const);
  return (
    <form class="fault-form" aria-label="New fault of GitHub" onSubmit={add}>
      <FaultSelect
        label="What"
        value={kind}
        onPick={(value) => setKind(value as Kind)}
        of={[{ options: Object.entries(kinds) }]}
      />
      {isRequest && <FaultSelect label="Which call" value={where} onPick={setWhere} of={[{ options: callChoices }]} />}
      {isRequest && <FaultSelect label="Answer" value={status} onPick={setStatus} of={[statuses]} />}
      {kind === 'push' && <FaultInput label="What git prints" value={sentence} onType={setSentence} />}
      {(isRequest || kind === 'drop') && (
        <FaultSelect label="How often" value={times} onPick={setTimes} of={[howOften]} />
      )}
      <button type="submit" class="btn btn-primary btn-small">
        Set GitHub fault
      </button>
    </form>
  );
}
