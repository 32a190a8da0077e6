import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Traffic } from '../../slack/client-api.ts';
import { AlertsPanel } from './alerts.tsx';
import { useWorkspace } from './context.ts';
import { FaultsPanel } from './faults.tsx';
import { Icon } from './icon.tsx';

const tabs = { traffic: 'Traffic', faults: 'Faults', alerts: 'Alerts' };
type Tab = keyof typeof tabs;

/** The drawer behind the workspace: what Slack and the app say to each other, and the switchboards of faults and alerts. */
export function Tools({ traffic, app, onClose }: { traffic: Traffic[]; app: string; onClose: () => void }) {
  const [tab, setTab] = useState<Tab>('traffic');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const name = (key: Tab, label: string) => (
    <button
      key={key}
      id={`${id}-${key}`}
      type="button"
      role="tab"
      aria-selected={tab === key}
      aria-controls={`${id}-panel`}
      tabIndex={tab === key ? 0 : -1}
      class={`tab${tab === key ? ' is-current' : ''}`}
      onClick={() => setTab(key)}
    >
      {label}
    </button>
  );
  // Whoever opened it wants to look into it.
  useEffect(() => list.current?.querySelector<HTMLElement>('[role=tab]')?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const keys = Object.keys(tabs) as Tab[];
    const now = keys.indexOf(tab);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1 + keys.length, Home: 0, End: keys.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setTab(keys[next % keys.length]!);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next % keys.length]?.focus();
  };
  return (
    <aside class="tools" aria-label="Inspector">
      <header class="pane-head has-tabs">
        <h1>Inspector</h1>
        <div ref={list} class="tabs" role="tablist" aria-label="Inspector" onKeyDown={onKeyDown}>
          {(Object.entries(tabs) as [Tab, string][]).map(([key, label]) => name(key, label))}
        </div>
        <button type="button" class="top-btn tools-close" aria-label="Close inspector" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="tools-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        {tab === 'traffic' && <TrafficPanel traffic={traffic} app={app} />}
        {tab === 'faults' && <FaultsPanel app={app} />}
        {tab === 'alerts' && <AlertsPanel app={app} />}
      </div>
    </aside>
  );
}

function TrafficPanel({ traffic, app }: { traffic: Traffic[]; app: string }) {
  const workspace = useWorkspace();
  const [filter, setFilter] = useState('');
  useEffect(() => void workspace.loadTraffic(), []);
  const wanted = filter.trim().toLowerCase();
  const shown = traffic.filter(
    (entry) => !wanted || `${entry.what} ${JSON.stringify(entry.request)}`.toLowerCase().includes(wanted),
  );
  return (
    <div class="tools-body">
      <div class="tools-bar">
        <input
          class="field field-small"
          type="search"
          placeholder="Filter by method or content"
          aria-label="Filter traffic"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <button type="button" class="btn btn-small" onClick={() => workspace.clearTraffic()}>
          Clear
        </button>
      </div>
      <ol class="traffic" aria-label="Traffic, newest first">
        {shown
          .slice(-200)
          .reverse()
          .map((entry) => (
            <TrafficRow key={entry.id} entry={entry} app={app} />
          ))}
      </ol>
      {shown.length === 0 && (
        <p class="muted tools-none">
          {traffic.length === 0
            ? `Nothing was said yet. Every call between Slack and ${app} appears here.`
            : 'No call contains this.'}
        </p>
      )}
    </div>
  );
}

function TrafficRow({ entry, app }: { entry: Traffic; app: string }) {
  const [open, setOpen] = useState(false);
  const toApp = entry.direction === 'to-app';
  const answer = entry.response as { ok?: boolean; error?: string } | null;
  const failed = entry.status >= 400 || entry.status === 0 || answer?.ok === false;
  return (
    <li class={`call${failed ? ' is-failed' : ''}`}>
      <button type="button" class="call-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class={`call-way ${toApp ? 'is-in' : 'is-out'}`} title={toApp ? `Slack to ${app}` : `${app} to Slack`}>
          {toApp ? '→ app' : '← app'}
        </span>
        <span class="call-what">{entry.what}</span>
        {failed && <span class="call-error">{answer?.error ?? (entry.status || 'no answer')}</span>}
        <span class="call-ms">{Math.round(entry.ms)} ms</span>
      </button>
      {open && (
        <div class="call-more">
          <span class="muted">
            {new Date(entry.at).toLocaleTimeString('en-US')} · status {entry.status}
          </span>
          <Json title="Request" value={entry.request} />
          <Json title="Response" value={entry.response} />
        </div>
      )}
    </li>
  );
}

function Json({ title, value }: { title: string; value: unknown }) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '—');
  return (
    <div class="json">
      <span>{title}</span>
      <pre>{text === '' ? '—' : text}</pre>
    </div>
  );
}
