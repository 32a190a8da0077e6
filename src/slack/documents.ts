import type { Target } from '../../views/values.ts';
import { GONE } from './asks.ts';
import type { ActionCall, Reply } from './call.ts';
import { about, type Context, opens } from './context.ts';
import { diffView, documentView, editView } from './document-views.ts';
import { over } from './open-modal.ts';

/** A document's text, its revisions and the form to change it: what their buttons and selects open. */

/** The revision that was on the screen, or the newest. */
export function readDocument(context: Context<ActionCall>, target: Target): Promise<Reply> {
  const { input, call } = context;
  return opens(context, {
    title: 'Document',
    itemId: target.item,
    reason: `open ${target.document ?? 'prd'}`,
    page: true,
    draw: async () => (await documentView(input, target, call.caller.id)) ?? GONE,
  });
}

export function editDocument(context: Context<ActionCall>, target: Target): Promise<Reply> {
  const { input, call } = context;
  return opens(context, {
    title: 'Edit',
    itemId: target.item,
    reason: 'edit',
    draw: async () => (await editView(input, target, { reader: call.caller.id, over: over(call.place) })) ?? GONE,
  });
}

/** By a button, whose value names both revisions, or by choosing another one of them. */
export const compare = about((context, target) => {
  const { input } = context;
  const chosen = target.entry === 'from' || target.entry === 'to' ? { [target.entry]: Number(target.word) } : {};
  return opens(context, {
    title: 'What changed',
    itemId: target.item,
    reason: `compare ${target.document ?? 'prd'}`,
    page: true,
    draw: async () => (await diffView(input, { ...target, ...chosen })) ?? GONE,
  });
});

export const openDocument = about(readDocument);
export const edit = about(editDocument);
