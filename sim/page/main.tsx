import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './parts/theme.ts';
import { readUrl } from './state/place.ts';
import { createWorkspace, type Workspace } from './state/workspace.ts';

/** Draws the page as one person; acting as somebody else starts over in place. */
function open(as: string, before?: Workspace) {
  before?.stop();
  const workspace: Workspace = createWorkspace(as, (id) => {
    const query = new URLSearchParams(location.search);
    // Going back in the history has changed the address already.
    if (query.get('as') !== id) {
      query.set('as', id);
      query.delete('thread');
      history.pushState(null, '', `?${query}`);
    }
    open(id, workspace);
  });
  render(<App key={as} workspace={workspace} />, document.getElementById('root')!);
  void workspace.start();
}

applyTheme();
open(readUrl(location.search).as);
