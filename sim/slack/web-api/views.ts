/** views.*: modals by trigger, Home by person. */
import { apiView } from '../payloads.ts';
import { type Json, SlackRefusal, type StoredView } from '../types.ts';
import { refuseView } from '../validate.ts';
import { needPerson } from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';

export const viewMethods = ({ ws, views, tickets }: ApiParts): Methods => {
  const view = (value: unknown, type: 'modal' | 'home'): Json => {
    refuseView(ws, value);
    if ((value as Json).type !== type) throw new SlackRefusal('invalid_arguments');
    return value as Json;
  };
  const answer = (v: StoredView): Json => ({ view: apiView(v) });
  return {
    'views.open': {
      tier: 4,
      call: (args) => {
        const modal = view(args.view, 'modal');
        return answer(views.open(tickets.exchange(args.trigger_id).user, modal));
      },
    },
    'views.push': {
      tier: 4,
      call: (args) => {
        const modal = view(args.view, 'modal');
        const trigger = tickets.exchange(args.trigger_id);
        // Only an interaction inside an open modal can push another one onto it.
        if (!trigger.view_id) throw new SlackRefusal('invalid_trigger_id');
        if (!views.stack(trigger.user).some((v) => v.id === trigger.view_id)) throw new SlackRefusal('not_found');
        return answer(views.push(trigger.user, modal));
      },
    },
    'views.update': {
      tier: 4,
      call: (args) => {
        if (Boolean(args.view_id) === Boolean(args.external_id)) throw badTarget(Boolean(args.view_id));
        refuseView(ws, args.view);
        const stored = views.find(args);
        if (!stored) throw new SlackRefusal('not_found');
        return answer(views.update(stored, args.view as Json, args.hash));
      },
    },
    'views.publish': {
      tier: 4,
      call: (args) => {
        const home = view(args.view, 'home');
        if (needPerson(ws, args.user_id).is_bot) throw new SlackRefusal('user_not_found');
        return answer(views.publish(String(args.user_id), home, args.hash));
      },
    },
  };
};

function badTarget(both: boolean): SlackRefusal {
  const message = both ? 'Cannot provide both `view_id` and `external_id`' : 'missing required field: view_id';
  return new SlackRefusal('invalid_arguments', { response_metadata: { messages: [`[ERROR] ${message}`] } });
}
