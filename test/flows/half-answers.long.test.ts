import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_PRD } from '../../src/documents/fields.ts';
import { arrives, blocks, clicks, create, gateOf, needOf } from './crew.ts';
import { type Lockstep, startLockstep, until } from './lockstep.ts';

/** What a model gets wrong blocks its item with a sentence, after it was asked once more. */

describe('a model that answers half a document', () => {
  let model: Server;
  let withModel: Lockstep;
  const answers: { text: string; stop_reason: string }[] = [];
  const prd = {
    ...EMPTY_PRD,
    problem: 'People cannot see when it is open.',
    goals: ['Opening hours on every page'],
    acceptance_criteria: 'Scenario: hours\n  Given a page\n  When I open it\n  Then I see the hours',
  };

  beforeAll(async () => {
    model = createServer((request, response) => {
      request.resume().on('end', () => {
        const { text, stop_reason } = answers.shift() ?? { text: JSON.stringify(prd), stop_reason: 'end_turn' };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'claude-sonnet-5-5',
            content: [{ type: 'text', text }],
            stop_reason,
            stop_sequence: null,
            usage: { input_tokens: 100, output_tokens: 50 },
          }),
        );
      });
    });
    await new Promise<void>((done) => model.listen(0, '127.0.0.1', done));
    const { port } = model.address() as AddressInfo;
    withModel = await startLockstep({
      processes: true,
      env: { LOG_LEVEL: 'warn', ANTHROPIC_API_KEY: 'sk-test', ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
    });
  }, 60_000);
  afterAll(async () => {
    await withModel?.close();
    model?.close();
  });

  const half = JSON.stringify(prd).slice(0, 80);

  it('is asked once more, and the item goes on', async () => {
    answers.push({ text: half, stop_reason: 'end_turn' });
    const key = await create(withModel, { title: 'Opening hours', description: '', service: 'storefront' });
    await arrives(withModel, key, 'prd_ready');
    expect(await gateOf(withModel, key, /approve the PRD/)).toContain(
      'PRD revision 1 by Lockstep with claude-sonnet-5-5',
    );
  });

  it('twice blocks the item with a sentence, and Retry goes on', async () => {
    answers.push({ text: half, stop_reason: 'end_turn' }, { text: half, stop_reason: 'end_turn' });
    const key = await create(withModel, { title: 'Holiday hours', description: '', service: 'storefront' });
    await blocks(withModel, key);
    expect(await needOf(withModel, key)).toMatchInlineSnapshot(
      `"*Blocked: Drafting the PRD failed: The model's answer does not fit its form: it is not whole JSON (Unterminated string in JSON at position 80 (line 1 column 81)).*"`,
    );
    await until(() => /"reason":"The model's answer does not fit/.test(withModel.output()));
    await clicks(withModel, key, 'priya', 'retry');
    await arrives(withModel, key, 'prd_ready');
  });

  it('because it ran out of tokens blocks the item with that sentence', async () => {
    answers.push({ text: half, stop_reason: 'max_tokens' });
    const key = await create(withModel, { title: 'Night hours', description: '', service: 'storefront' });
    await blocks(withModel, key);
    expect(await needOf(withModel, key)).toMatchInlineSnapshot(
      `"# Blocked: Drafting the PRD failed: The model's answer was cut off at 16000 tokens. Retry, shorten the ticket, or write it by Edit."`,
    );
  });
});
