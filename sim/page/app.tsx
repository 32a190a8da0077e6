import { useEffect, useMemo, useState } from 'preact/hooks';
import { ChannelPane, ThreadPane } from './parts/channel.tsx';
import { AskContext, useWorkspaceState, WorkspaceContext } from './parts/context.ts';
import { useEscape } from './parts/escape.ts';
import { HomePane } from './parts/home.tsx';
import { Mark } from './parts/icon.tsx';
import { ConfirmDialog, Modals, type Question } from './parts/modal.tsx';
import { Sidebar } from './parts/sidebar.tsx';
import { Toasts } from './parts/toasts.tsx';
import { Tools } from './parts/tools.tsx';
import { Topbar } from './parts/topbar.tsx';
import { channelLabel } from './state/state.ts';
import type { Workspace } from './state/workspace.ts';

/** The whole page for one person. */
export function App({ workspace }: { workspace: Workspace }) {
  const state = useWorkspaceState(workspace);
  const [menu, setMenu] = useState(false);
  const [tools, setTools] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = useMemo(
    () => (confirm: Question['confirm']) =>
      new Promise<boolean>((resolve) => {
        const answer = (yes: boolean) => {
          setQuestion(null);
          resolve(yes);
        };
        setQuestion({ confirm, answer });
      }),
    [],
  );
  const { boot, place } = state;
  useEffect(() => {
    if (!boot || !place) return;
    const unread = boot.channels.reduce((sum, channel) => sum + (channel.is_im ? channel.unread : channel.mentions), 0);
    const channel = place.kind === 'channel' ? workspace.channel(place.channel) : undefined;
    const here = channel ? (channel.is_im ? '' : '#') + channelLabel(channel, boot) : boot.app.name;
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${here} · ${boot.team.name}`;
  }, [boot, place]);

  const thread = place?.kind === 'channel' ? place.thread : undefined;
  const modal = state.views.length > 0 || question !== null;
  useEscape([
    { open: menu && !modal, close: () => setMenu(false), focus: ['.top-menu'] },
    {
      open: thread !== undefined && !modal,
      close: () => place?.kind === 'channel' && workspace.open({ kind: 'channel', channel: place.channel }),
      inside: '.thread',
      focus: [`main [data-ts="${thread}"]`, 'main .composer textarea'],
    },
    { open: tools && !modal, close: () => setTools(false), inside: '.tools', focus: ['.top-inspector'] },
  ]);

  if (!boot || !place) return <Opening failure={state.failure} onRetry={() => void workspace.start()} />;
  const channel = place.kind === 'channel' ? workspace.channel(place.channel) : undefined;
  return (
    <WorkspaceContext.Provider value={workspace}>
      <AskContext.Provider value={ask}>
        <div class={`app${channel && thread ? ' has-thread' : ''}${tools ? ' has-tools' : ''}`} inert={modal}>
          <Topbar
            boot={boot}
            online={state.online}
            toolsOpen={tools}
            onMenu={() => setMenu(true)}
            onTools={() => setTools(!tools)}
          />
          <Sidebar boot={boot} place={place} open={menu} onClose={() => setMenu(false)} />
          {menu && <div class="veil" aria-hidden="true" onClick={() => setMenu(false)} />}
          <div class="stage">
            {channel ? (
              <ChannelPane
                key={channel.id}
                boot={boot}
                channel={channel}
                history={state.histories[channel.id]}
                place={place}
                editing={state.editing}
              />
            ) : (
              <HomePane boot={boot} />
            )}
            {channel && thread && (
              <ThreadPane key={thread} boot={boot} channel={channel} place={place} ts={thread} state={state} />
            )}
            {tools && <Tools traffic={state.traffic} app={boot.app.name} onClose={() => setTools(false)} />}
          </div>
        </div>
        <Modals views={state.views} app={boot.app.name} covered={question !== null} />
        {question && <ConfirmDialog question={question} />}
        <Toasts toasts={state.toasts} />
      </AskContext.Provider>
    </WorkspaceContext.Provider>
  );
}

function Opening({ failure, onRetry }: { failure: string | null; onRetry: () => void }) {
  return (
    <div class="empty opening" role="status">
      <Mark size={56} />
      {failure ? (
        <>
          <h2>The workspace could not be opened</h2>
          <p>{failure}</p>
          <button type="button" class="btn btn-primary" onClick={onRetry}>
            Try again
          </button>
          <a href="/">Open it as its first person</a>
        </>
      ) : (
        <span class="spinner" />
      )}
    </div>
  );
}
