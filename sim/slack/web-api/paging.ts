/** Slack's cursors: opaque text, here the position to go on from. */
import { type Json, SlackRefusal } from '../types.ts';

export interface Page<T> {
  items: T[];
  has_more: boolean;
  response_metadata: { next_cursor: string };
}

export function page<T>(all: readonly T[], args: Json, standard = 100, most = 1000): Page<T> {
  const limit = Math.min(Math.max(1, Number(args.limit ?? standard) || standard), most);
  const start = typeof args.cursor === 'string' && args.cursor !== '' ? decode(args.cursor) : 0;
  const next = start + limit;
  const has_more = next < all.length;
  const next_cursor = has_more ? Buffer.from(`next:${next}`).toString('base64') : '';
  return { items: all.slice(start, next), has_more, response_metadata: { next_cursor } };
}

function decode(cursor: string): number {
  const found = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString());
  if (!found) throw new SlackRefusal('invalid_cursor');
  return Number(found[1]);
}
