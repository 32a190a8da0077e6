import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Boot, View } from '../../slack/client-api.ts';
import { Blocks } from '../blocks/blocks.tsx';
import type { Block } from '../blocks/types.ts';
import { appChannel } from '../state/state.ts';
import { SurfaceContext, useWorkspace } from './context.ts';
import { Mark } from './icon.tsx';

/** The app's head with its two tabs. */
export function AppTabs({ boot, current }: { boot: Boot; current: 'home' | 'messages' }) {
  const workspace = useWorkspace();
  const dm = appChannel(boot);
  const tab = (name: 'home' | 'messages', label: string, go: () => void) => (
    <button
      type="button"
      class={`tab${current === name ? ' is-current' : ''}`}
      aria-current={current === name ? 'page' : undefined}
      onClick={go}
    >
      {label}
    </button>
  );
  return (
    <header class="pane-head has-tabs">
      <h1>
        <Mark size={26} />
        {boot.app.name}
        <span class="app-tag">App</span>
      </h1>
      <nav class="tabs" aria-label={`${boot.app.name} tabs`}>
        {tab('home', 'Home', () => workspace.open({ kind: 'home' }))}
        {dm && tab('messages', 'Messages', () => workspace.open({ kind: 'channel', channel: dm.id }))}
      </nav>
    </header>
  );
}

export function HomePane({ boot }: { boot: Boot }) {
  return (
    <main class="pane" aria-label={`${boot.app.name} Home`}>
      <AppTabs boot={boot} current="home" />
      <div class="home-scroll">{boot.home ? <HomeView view={boot.home} /> : <Waiting app={boot.app.name} />}</div>
    </main>
  );
}

function HomeView({ view }: { view: View }) {
  const workspace = useWorkspace();
  const surface = useMemo(() => {
    const container = { type: 'view' as const, view_id: view.id };
    return { container, form: workspace.form(container, view), blocks: view.blocks as Block[] };
  }, [view]);
  return (
    <SurfaceContext.Provider value={surface}>
      <div class="home">
        <Blocks blocks={surface.blocks} />
      </div>
    </SurfaceContext.Provider>
  );
}

/** The app was told that somebody looks; it has a moment to publish its view. */
function Waiting({ app }: { app: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 4000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="empty" role="status">
      <Mark size={56} />
      <h2>{late ? 'Nothing here yet' : 'One moment…'}</h2>
      <p>
        {late
          ? `${app} has not published a Home view for you. It appears here as soon as it does; the Inspector shows what was said.`
          : `${app} is preparing your Home.`}
      </p>
    </div>
  );
}
