/** One submission of a modal: what the client checks first, and what each `response_action` of the app does. */
import { interactive, isObject } from './blocks.ts';
import type { Person } from './client-api.ts';
import { failureCode, MODAL_TROUBLE, type Parts } from './interactions.ts';
import { apiView, interactionBase } from './payloads.ts';
import { type Json, SlackRefusal, type StoredView } from './types.ts';
import { refuseView } from './validate.ts';
import { refusedValues, stateValues, type Values } from './values.ts';

/** Throws Slack's own sentence when the app does not answer, or answers with something that cannot be shown. */
export async function submitView(parts: Parts, person: Person, view: StoredView, values: Values): Promise<Json> {
  const { deliver, tickets } = parts;
  if (view.type !== 'modal' || !view.submit) throw new SlackRefusal('view_not_found');
  view.state = { values: stateValues(view.blocks, view.state.values as Values, values) };
  const refused = refusedValues(view.blocks, view.state.values as Values);
  if (Object.keys(refused).length > 0) return { errors: refused };
  const outcome = await deliver.send({
    kind: 'views',
    what: 'view_submission',
    body: {
      ...interactionBase('view_submission', person),
      trigger_id: tickets.newTrigger({ user: person.id, view_id: view.id }),
      view: apiView(view),
      response_urls: [],
    },
  });
  if (!outcome.ok) throw new SlackRefusal(MODAL_TROUBLE, { code: failureCode(outcome) });
  try {
    return follow(parts, view, isObject(outcome.body) ? outcome.body : {});
  } catch (error) {
    if (error instanceof SlackRefusal) throw new SlackRefusal(MODAL_TROUBLE, { code: error.code, ...error.extra });
    throw error;
  }
}

function follow({ ws, views }: Parts, view: StoredView, ack: Json): Json {
  switch (ack.response_action) {
    case undefined:
      views.close(view, false);
      return {};
    case 'clear':
      views.close(view, true);
      return {};
    case 'errors':
      return { errors: fieldErrors(view, ack.errors) };
    case 'update':
      refuseView(ws, ack.view);
      views.update(view, ack.view as Json);
      return {};
    case 'push':
      refuseView(ws, ack.view);
      views.push(view.user, ack.view as Json);
      return {};
    default:
      throw new SlackRefusal('invalid_response_action');
  }
}

/** Slack can only show errors under input blocks that exist. */
function fieldErrors(view: StoredView, errors: unknown): Json {
  const inputs = new Set(interactive(view.blocks).flatMap((f) => (f.input ? [f.block_id] : [])));
  const known = isObject(errors) && Object.keys(errors).length > 0 && Object.keys(errors).every((id) => inputs.has(id));
  if (!known) throw new SlackRefusal('invalid_errors');
  return errors;
}
