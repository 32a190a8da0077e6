import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Webhooks } from '../webhooks.ts';
import type { World } from '../world.ts';

export function createPages(_world: World, _webhooks: Webhooks) {
  return { handle: async (_req: IncomingMessage, _res: ServerResponse, _url: URL) => false };
}
