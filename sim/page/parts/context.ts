import { createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Container } from '../../slack/client-api.ts';
import type { Block, Confirm } from '../blocks/types.ts';
import type { Form } from '../state/form.ts';
import type { State } from '../state/state.ts';
import type { Workspace } from '../state/workspace.ts';

export const WorkspaceContext = createContext<Workspace | null>(null);

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('Drawn outside of a workspace');
  return workspace;
}

/** Redraws the caller whenever the state changes. Only the root does this; parts get what they need as props. */
export function useWorkspaceState(workspace: Workspace): State {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const seen = useRef(workspace.get());
  seen.current = workspace.get();
  useLayoutEffect(() => {
    const check = () => {
      if (seen.current !== workspace.get()) redraw();
    };
    check();
    return workspace.subscribe(check);
  }, [workspace]);
  return seen.current;
}

/** Asks the question of a Block Kit confirm dialog. */
export const AskContext = createContext<(confirm: Confirm) => Promise<boolean>>(() => Promise.resolve(true));

/** Where blocks are drawn: what an interaction in them refers to and where their values are kept. */
export interface Surface {
  container: Container;
  form: Form;
  blocks: Block[];
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('Blocks drawn outside of a surface');
  return surface;
}

/** Redraws when a value or an error of the surface's form changes. */
export function useForm(): Form {
  const { form } = useSurface();
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  useLayoutEffect(() => form.subscribe(() => redraw()), [form]);
  return form;
}

/** Calls back for a pointer outside of `inside`. */
export function useOutside(inside: { current: HTMLElement | null }[], close: () => void) {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      if (!inside.some((ref) => ref.current?.contains(event.target as Node))) latest.current();
    };
    document.addEventListener('pointerdown', onDown, true);
    return () => document.removeEventListener('pointerdown', onDown, true);
    // The refs themselves never change.
  }, []);
}
