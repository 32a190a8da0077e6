import { createHmac, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Delivery } from './model.ts';
import { bot } from './people.ts';
import { repositoryJson } from './rest/shapes.ts';
import { accountJson } from './rest/users.ts';
import type { WebhookEvent, World } from './world.ts';

export interface WebhookTarget {
  url?: string;
  secret: string;
}

export interface StoredRequest {
  headers: Record<string, string>;
  payload: Record<string, unknown>;
  response: { headers: Record<string, string>; body: string };
}

export interface Webhooks {
  emit: (event: WebhookEvent) => void;
  /** Sends a stored delivery again with the same `X-GitHub-Delivery`; false when it is not known (any more). */
  redeliver: (id: number) => Promise<boolean>;
  request: (id: number) => Promise<StoredRequest | null>;
}

export const hookId = 700_001;
export const installationId = 800_001;
const keep = 500;
const timeoutMs = 10_000;
const shuffleWindowMs = 120;

/** Delivers events one after another, once: like GitHub it never retries by itself. */
export function createWebhooks(world: World, target: WebhookTarget): Webhooks {
  const folder = join(world.dataDir, 'deliveries');
  mkdirSync(folder, { recursive: true });
  const file = (id: number) => join(folder, `${id}.json`);
  let queue: Promise<void> = Promise.resolve();
  let held: Delivery[] = [];

  const { deliveries } = world.store.state;
  for (const one of deliveries.filter((delivery) => delivery.statusCode === null)) {
    Object.assign(one, { statusCode: 0, status: 'failed to connect to host' });
  }

  const enqueue = (delivery: Delivery) => {
    queue = queue.then(() => deliver(delivery));
    world.track(`webhook ${delivery.event}`, queue);
  };
  const schedule = (delivery: Delivery) => {
    if (!world.faults.shuffleWebhooks) return enqueue(delivery);
    held.push(delivery);
    if (held.length > 1) return;
    const release = new Promise<void>((resolve) => setTimeout(resolve, shuffleWindowMs)).then(() => {
      const batch = held.reverse();
      held = [];
      for (const one of batch) enqueue(one);
    });
    world.track('webhook shuffle', release);
  };
  const deliver = async (delivery: Delivery) => {
    const stored = JSON.parse(await readFile(file(delivery.id), 'utf8')) as StoredRequest;
    const begun = performance.now();
    const outcome = await post(target.url ?? '', stored);
    delivery.duration = Math.round(performance.now() - begun) / 1000;
    delivery.statusCode = outcome.code;
    delivery.status = outcome.status;
    stored.response = outcome.response;
    await writeFile(file(delivery.id), JSON.stringify(stored));
    world.store.touch();
  };
  const record = async (delivery: Delivery, stored: StoredRequest) => {
    deliveries.push(delivery);
    await writeFile(file(delivery.id), JSON.stringify(stored));
    for (const old of deliveries.splice(0, Math.max(0, deliveries.length - keep)))
      await rm(file(old.id), { force: true });
    world.store.touch();
  };

  // Writing the payload takes a moment: one chain keeps the events in the order in which they happened.
  let recording: Promise<void> = Promise.resolve();
  const emit = (event: WebhookEvent) => {
    if (!target.url) return;
    const payload = {
      ...(event.action ? { action: event.action } : {}),
      ...event.fields,
      repository: repositoryJson(world, event.repo),
      installation: { id: installationId, node_id: `MDIz${installationId}` },
      sender: accountJson(world, event.sender),
    };
    const guid = randomUUID();
    const delivery = newDelivery(world.store.id(), guid, event);
    const body = JSON.stringify(payload);
    const stored: StoredRequest = {
      headers: webhookHeaders(guid, event.name, body, target.secret),
      payload: JSON.parse(body) as Record<string, unknown>,
      response: { headers: {}, body: '' },
    };
    const lost = world.faults.dropWebhooks > 0;
    if (lost) world.faults.dropWebhooks -= 1;
    recording = recording.then(async () => {
      if (lost) Object.assign(delivery, { statusCode: 0, status: 'timed out' });
      await record(delivery, stored);
      if (lost) return;
      schedule(delivery);
      if (world.faults.duplicateWebhooks) schedule(delivery);
    });
    world.track(`webhook ${event.name}`, recording);
  };

  return {
    emit,
    redeliver: async (id) => {
      const original = deliveries.find((one) => one.id === id);
      if (!original) return false;
      const stored = JSON.parse(await readFile(file(id), 'utf8')) as StoredRequest;
      const again: Delivery = {
        ...original,
        id: world.store.id(),
        redelivery: true,
        statusCode: null,
        status: 'pending',
      };
      await record(again, { ...stored, response: { headers: {}, body: '' } });
      enqueue(again);
      return true;
    },
    request: async (id) => {
      try {
        return JSON.parse(await readFile(file(id), 'utf8')) as StoredRequest;
      } catch {
        return null;
      }
    },
  };
}

function newDelivery(id: number, guid: string, event: WebhookEvent): Delivery {
  return {
    id,
    guid,
    event: event.name,
    action: event.action ?? null,
    repositoryId: event.repo.id,
    deliveredAt: new Date().toISOString(),
    redelivery: false,
    duration: 0,
    statusCode: null,
    status: 'pending',
  };
}

function webhookHeaders(guid: string, event: string, body: string, secret: string): Record<string, string> {
  const sign = (algorithm: string) => `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/5a1d2e7',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(hookId),
    'x-github-hook-installation-target-id': String(bot.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature': sign('sha1'),
    'x-hub-signature-256': sign('sha256'),
  };
}

async function post(url: string, stored: StoredRequest) {
  const none = { headers: {}, body: '' };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: stored.headers,
      body: JSON.stringify(stored.payload),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await answer.text()).slice(0, 10_000);
    const status = answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`;
    return { code: answer.status, status, response: { headers: Object.fromEntries(answer.headers), body } };
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    return { code: 0, status: timedOut ? 'timed out' : 'failed to connect to host', response: none };
  }
}
