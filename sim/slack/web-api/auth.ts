/** auth.test, api.test and apps.connections.open. */
import { APP, TEAM } from '../people.ts';
import { SlackRefusal } from '../types.ts';
import type { ApiParts, Methods } from './method.ts';

export const authMethods = ({ ws, sockets }: ApiParts): Methods => ({
  'auth.test': {
    tier: 'special',
    call: () => ({
      url: `https://${TEAM.domain}.slack.com/`,
      team: TEAM.name,
      user: ws.app.name,
      team_id: TEAM.id,
      user_id: APP.bot_user_id,
      bot_id: APP.bot_id,
      is_enterprise_install: false,
    }),
  },
  'api.test': {
    tier: 4,
    token: 'none',
    call: (args) => {
      const { token, ...rest } = args;
      if (typeof args.error === 'string') throw new SlackRefusal(args.error, { args: rest });
      return { args: rest };
    },
  },
  'apps.connections.open': { tier: 3, token: 'app', call: () => ({ url: sockets.newUrl(ws.baseUrl()) }) },
});
