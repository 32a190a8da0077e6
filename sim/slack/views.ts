/** Modals and Home: a stack of up to three modals a person, one Home a person, hashes against lost updates. */
import { randomBytes } from 'node:crypto';
import { withIds } from './blocks.ts';
import { type Json, SlackRefusal, type StoredView } from './types.ts';
import { stateValues } from './values.ts';
import { newId, seconds, type Workspace } from './workspace.ts';

const MAX_STACK = 3;

export interface Views {
  /** A view that is still open (or a Home), by id or external id. */
  find(by: { view_id?: unknown; external_id?: unknown }): StoredView | undefined;
  /** A person's modals, the visible one last. */
  stack(user: string): readonly StoredView[];
  open(user: string, view: Json): StoredView;
  push(user: string, view: Json): StoredView;
  /** Replaces the content; `hash`, when given, must be the current one. */
  update(stored: StoredView, view: Json, hash?: unknown): StoredView;
  publish(user: string, view: Json, hash?: unknown): StoredView;
  /** Closes the visible modal, or all of them. Returns what was closed. */
  close(stored: StoredView, all: boolean): StoredView[];
}

export function createViews(ws: Workspace): Views {
  const stacks = new Map<string, StoredView[]>();
  const stack = (user: string): StoredView[] => {
    if (!stacks.has(user)) stacks.set(user, []);
    return stacks.get(user)!;
  };
  const newHash = (): string => `${seconds(ws)}.${randomBytes(4).toString('hex')}`;
  const everyView = (): StoredView[] => [...[...stacks.values()].flat(), ...Object.values(ws.data.homes)];

  const refuseTaken = (external_id: unknown): void => {
    if (external_id && everyView().some((v) => v.external_id === external_id)) {
      throw new SlackRefusal('duplicate_external_id');
    }
  };

  const fresh = (user: string, view: Json, previous: StoredView | undefined): StoredView => {
    const id = newId('V');
    refuseTaken(view.external_id);
    return { ...content(view, {}), id, hash: newHash(), user, ...lineage(id, previous) };
  };

  const replace = (stored: StoredView, view: Json): StoredView => {
    if (view.type !== stored.type) throw new SlackRefusal('invalid_arguments');
    if (view.external_id !== stored.external_id) refuseTaken(view.external_id);
    const kept = stored.state.values as Parameters<typeof stateValues>[1];
    Object.assign(stored, content(view, kept), { hash: newHash() });
    return stored;
  };

  const checkHash = (stored: StoredView | undefined, hash: unknown): void => {
    if (hash && stored && stored.hash !== hash) throw new SlackRefusal('hash_conflict');
  };

  return {
    find: ({ view_id, external_id }) =>
      everyView().find((v) => v.id === view_id || (Boolean(external_id) && v.external_id === external_id)),
    stack,
    open(user, view) {
      const opened = fresh(user, view, undefined);
      stacks.set(user, [opened]);
      ws.hub.send({ type: 'view_opened', view: forPageView(opened) }, [user]);
      return opened;
    },
    push(user, view) {
      const views = stack(user);
      if (views.length >= MAX_STACK) throw new SlackRefusal('push_limit_reached');
      const pushed = fresh(user, view, views.at(-1));
      views.push(pushed);
      ws.hub.send({ type: 'view_pushed', view: forPageView(pushed) }, [user]);
      return pushed;
    },
    update(stored, view, hash) {
      checkHash(stored, hash);
      replace(stored, view);
      const type = stored.type === 'home' ? 'home' : 'view_updated';
      ws.store.changed();
      ws.hub.send({ type, view: forPageView(stored) }, [stored.user]);
      return stored;
    },
    publish(user, view, hash) {
      const old = ws.data.homes[user];
      checkHash(old, hash);
      const home = old ? replace(old, view) : fresh(user, view, undefined);
      ws.data.homes[user] = home;
      ws.store.changed();
      ws.hub.send({ type: 'home', view: forPageView(home) }, [user]);
      return home;
    },
    close(stored, all) {
      const views = stack(stored.user);
      const closed = all ? views.splice(0) : views.splice(views.indexOf(stored));
      ws.hub.send({ type: 'view_closed', view_id: stored.id, ...(all ? { all: true } : {}) }, [stored.user]);
      return closed;
    },
  };
}

function lineage(id: string, previous: StoredView | undefined): Pick<StoredView, 'root_view_id' | 'previous_view_id'> {
  return { root_view_id: previous?.root_view_id ?? id, previous_view_id: previous?.id ?? null };
}

function content(
  view: Json,
  kept: Parameters<typeof stateValues>[1],
): Omit<StoredView, 'id' | 'hash' | 'user' | 'root_view_id' | 'previous_view_id'> {
  const blocks = withIds(view.blocks);
  return {
    type: view.type as StoredView['type'],
    callback_id: (view.callback_id as string | undefined) ?? '',
    title: view.title as StoredView['title'],
    submit: (view.submit as StoredView['submit']) ?? null,
    close: (view.close as StoredView['close']) ?? null,
    blocks,
    private_metadata: (view.private_metadata as string | undefined) ?? '',
    notify_on_close: view.notify_on_close === true,
    clear_on_close: view.clear_on_close === true,
    external_id: (view.external_id as string | undefined) ?? '',
    state: { values: stateValues(blocks, kept) },
  };
}

/** A copy, so that later changes do not reach into events that were already sent. */
export const forPageView = (v: StoredView): StoredView => structuredClone(v);
