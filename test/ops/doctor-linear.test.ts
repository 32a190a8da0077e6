import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLinear, type Linear } from '../../sim/linear/index.ts';
import { type Served, serve } from '../../sim/serve.ts';
import { show } from '../../src/doctor/finding.ts';
import { checkLinear } from '../../src/doctor/linear.ts';

const KEY = 'lin_api_very_secret';
let served: Served;
let linear: Linear;
beforeAll(async () => {
  linear = createLinear({ key: KEY, baseUrl: () => served.url });
  served = await serve([linear]);
});
afterAll(() => served.close());

async function says(env: Record<string, string>): Promise<string> {
  const api = { LINEAR_API_URL: `${served.url}/linear/graphql` };
  return show('Linear', await checkLinear({ env: { ...api, ...env }, root: '', configDir: '', dataDir: '' }));
}

it('says whether the key works, and what to do', async () => {
  expect(await says({ LINEAR_API_KEY: KEY })).toBe('Linear\n  ✓ Linear knows us as Priya Patel in Acme');
  expect(await says({ LINEAR_API_KEY: 'lin_api_other' })).toMatchInlineSnapshot(`
    "Linear
      ✗ Linear refuses LINEAR_API_KEY (401)
          Make a new one in Linear: Settings, Security & access, Personal API keys. It needs to read only."
  `);
  linear.faults.push({ kind: 'rate_limited', times: 1 });
  expect(await says({ LINEAR_API_KEY: KEY })).toMatchInlineSnapshot(`
    "Linear
      – Linear asks us to slow down, so the key was not checked
          Try again in a while."
  `);
  linear.faults.push({ kind: 'down', times: 1 });
  expect(await says({ LINEAR_API_KEY: KEY })).toMatchInlineSnapshot(`
    "Linear
      – Linear answered 502
          Try again; see https://linearstatus.com."
  `);
  const nowhere = { LINEAR_API_KEY: KEY, LINEAR_API_URL: 'http://127.0.0.1:9/graphql' };
  expect(await says(nowhere)).toMatch(
    /✗ Linear cannot be asked: .*\n {6}Can this machine reach http:\/\/127\.0\.0\.1:9\?/,
  );
});

it('without a key names what is used instead', async () => {
  expect(await says({})).toBe('Linear\n  – LINEAR_API_KEY is not set: using the local Linear');
  const real = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', GITHUB_TOKEN: 't', GITHUB_WEBHOOK_SECRET: 's' };
  expect(await says(real)).toBe('Linear\n  – LINEAR_API_KEY is not set: there is no `/ticket milestone`');
});
