/** `/slack-response/<id>`: one use of a response URL. The switchboard knows it as `response_url`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, withFault } from './faulty.ts';
import { parseObject, readBody, sendJson, sendText } from './http.ts';
import type { Messages } from './messages.ts';
import { respond } from './respond.ts';
import type { Tickets } from './tickets.ts';
import { type Json, SlackRefusal } from './types.ts';
import type { Workspace } from './workspace.ts';

/** Refusals that are about the address and not about what was sent. */
const GONE = ['expired_url', 'used_url', 'message_not_found'];

export async function handleResponse(
  ws: Workspace,
  parts: { messages: Messages; tickets: Tickets },
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  const started = performance.now();
  const body = parseObject((await readBody(req)).toString());
  const use = (): Answer => {
    try {
      const target = parts.tickets.useResponse(path.slice('/slack-response/'.length));
      if (!body) throw new SlackRefusal('invalid_payload');
      respond(ws, parts.messages, target, body);
      return { status: 200, body: 'ok' };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      const refused: Json = { ok: false, error: error.code, ...error.extra };
      return { status: GONE.includes(error.code) ? 404 : 400, body: refused };
    }
  };
  const answer = await withFault(ws.faults.takeCall('response_url'), use);
  if (typeof answer?.body === 'string') sendText(res, answer.status, answer.body);
  else if (answer) sendJson(res, answer.body, answer.status, answer.headers);
  ws.traffic.add({
    direction: 'from-app',
    what: 'response_url',
    status: answer?.status ?? 0,
    ms: Math.round(performance.now() - started),
    request: body,
    response: answer?.body ?? { failed: 'no answer (fault)' },
  });
}
