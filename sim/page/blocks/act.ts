import { useContext, useState } from 'preact/hooks';
import { AskContext, useForm, useSurface, useWorkspace } from '../parts/context.ts';
import { collect, type Value } from '../state/form.ts';
import type { Element } from './types.ts';

/** Sends an element's interaction to the app, after its confirm dialog if it has one. */
export function useAct(blockId: string, element: Element) {
  const workspace = useWorkspace();
  const surface = useSurface();
  const ask = useContext(AskContext);
  const [busy, setBusy] = useState(false);
  const act = async (action: Record<string, unknown>): Promise<boolean> => {
    if (element.confirm && !(await ask(element.confirm))) return false;
    setBusy(true);
    const done = await workspace.act({
      container: surface.container,
      block_id: blockId,
      action_id: element.action_id ?? '',
      action: { type: element.type, ...action },
      values: collect(surface.blocks, surface.form),
    });
    setBusy(false);
    return done;
  };
  return { act, busy };
}

export interface FieldProps {
  blockId: string;
  element: Element;
  /** Choosing tells the app at once: in sections and action rows always, in inputs with `dispatch_action`. */
  dispatch: boolean;
  /** The accessible name when no visible label stands beside the element. */
  name?: string;
  id?: string;
  describedBy?: string;
  required?: boolean;
  wrong?: boolean;
}

/** Keeps a choice in the form and, where the element dispatches, tells the app. A declined confirm undoes the choice. */
export function useChoice({ blockId, element, dispatch }: FieldProps) {
  const form = useForm();
  const { act, busy } = useAct(blockId, element);
  const choose = async (value: Record<string, unknown>) => {
    const before = form.get(blockId, element.action_id ?? '');
    form.set(blockId, element.action_id ?? '', { ...value, type: element.type });
    if (!dispatch) return;
    const done = await act(value);
    if (!done && element.confirm) form.set(blockId, element.action_id ?? '', before ?? { type: element.type });
  };
  const held = form.get(blockId, element.action_id ?? '') as Value | undefined;
  return { choose, held, busy, act };
}
