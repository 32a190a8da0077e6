import type { Account } from '../people.ts';
import { people } from '../people.ts';
import type { World } from '../world.ts';

export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}

export function apiUrl(world: Pick<World, 'baseUrl'>): string {
  return `${world.baseUrl()}/github/api/v3`;
}

export function htmlUrl(world: Pick<World, 'baseUrl'>): string {
  return `${world.baseUrl()}/github`;
}

/** A user in the short form that every answer carries. */
export function accountJson(world: Pick<World, 'baseUrl'>, account: Account) {
  const url = `${apiUrl(world)}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type === 'Bot' ? 'BOT' : 'U', account.id),
    avatar_url: '',
    gravatar_id: '',
    url,
    html_url: `${htmlUrl(world)}/people/${encodeURIComponent(account.login)}`,
    repos_url: `${url}/repos`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export function isCollaborator(login: string): boolean {
  return people.some((one) => one.access === 'write' && one.login.toLowerCase() === login.toLowerCase());
}

export function association(account: Account): string {
  if (account.type === 'Bot') return 'CONTRIBUTOR';
  return account.access === 'write' ? 'MEMBER' : 'NONE';
}
