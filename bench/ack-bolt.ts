import { App, HTTPReceiver } from '@slack/bolt';
import pg from 'pg';
import { closeServer, listen, serveRoutes } from '../src/http.ts';
import { runProcess } from '../src/process.ts';
import { httpReceiverOptions, slackAppOptions } from '../src/slack/options.ts';

/**
 * The other side of the ack bench, a process of its own: Bolt as its guide shows it, with the receiver options of
 * `web.ts`, and one prepared INSERT before `ack()`.
 */
async function startBolt(env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 12 });
  pool.on('error', () => {});
  const keys = { signingSecret: env.SLACK_SIGNING_SECRET!, botToken: 'xoxb-bench', apiUrl: env.SLACK_API_URL! };
  const receiver = new HTTPReceiver(httpReceiverOptions(keys));
  const app = new App({ ...slackAppOptions(keys), receiver, deferInitialization: true });
  const insert = (id: string, kind: string, actor: string) =>
    pool.query({
      name: 'bare_inbox',
      text: `INSERT INTO inbox (id, kind, actor_id, outcome, reason) VALUES ($1, $2, $3, 'recorded', '')`,
      values: [id, kind, actor],
    });
  app.command('/ticket', async ({ body, ack }) => {
    await insert(body.trigger_id, 'command', body.user_id);
    await ack();
  });
  app.action('approve', async ({ body, ack }) => {
    await insert((body as { trigger_id: string }).trigger_id, 'click', body.user.id);
    await ack();
  });
  await app.init();
  const routes = { 'GET /readyz': async () => ({ status: 200, body: 'ready\n' }) };
  const server = serveRoutes(routes, receiver.requestListener, (error) => process.stderr.write(`${String(error)}\n`));
  await listen(server, Number(env.PORT), '127.0.0.1');
  return async () => {
    await closeServer(server);
    await pool.end();
  };
}

await runProcess(() => startBolt(process.env));
