import type { Delivery } from '../model.ts';
import { hookId, installationId, type Webhooks } from '../webhooks.ts';
import { type Call, notFound, ok, type Reply, type Route, repoRoute, route } from './router.ts';
import { repoApi } from './shapes.ts';

/** Deliveries of webhooks, under the repository's hook and under the app's, as GitHub has them twice. */
export function hookRoutes(webhooks: Webhooks): Route[] {
  const list = (call: Call) => listDeliveries(call);
  const get = (call: Call) => getDelivery(call, webhooks);
  const again = async (call: Call) => {
    if (!(await webhooks.redeliver(Number(call.params.id)))) throw notFound();
    return ok({}, 202);
  };
  return [
    repoRoute('GET', '/hooks', (call) => {
      const url = `${repoApi(call.world, call.repo)}/hooks/${hookId}`;
      return ok([{ type: 'Repository', id: hookId, name: 'web', active: true, events: ['*'], url }]);
    }),
    repoRoute('GET', '/hooks/:hook/deliveries', list),
    repoRoute('GET', '/hooks/:hook/deliveries/:id', get),
    repoRoute('POST', '/hooks/:hook/deliveries/:id/attempts', again),
    route('GET', '/app/hook/deliveries', list),
    route('GET', '/app/hook/deliveries/:id', get),
    route('POST', '/app/hook/deliveries/:id/attempts', again),
  ];
}

function deliveryJson(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** Newest first, paged by a cursor: the id of the first delivery of the next page. */
function listDeliveries(call: Call): Reply {
  const size = Math.min(Math.max(Number(call.query.get('per_page')) || 30, 1), 100);
  const cursor = Number(call.query.get('cursor')) || Number.POSITIVE_INFINITY;
  const all = call.world.store.state.deliveries.filter((one) => one.id <= cursor).reverse();
  const next = all[size];
  const url = new URL(call.url);
  if (next) url.searchParams.set('cursor', String(next.id));
  return {
    status: 200,
    json: all.slice(0, size).map(deliveryJson),
    ...(next ? { headers: { link: `<${url.href}>; rel="next"` } } : {}),
  };
}

async function getDelivery(call: Call, webhooks: Webhooks): Promise<Reply> {
  const delivery = call.world.store.state.deliveries.find((one) => one.id === Number(call.params.id));
  const stored = delivery ? await webhooks.request(delivery.id) : null;
  if (!delivery || !stored) throw notFound();
  return ok({
    ...deliveryJson(delivery),
    request: { headers: stored.headers, payload: stored.payload },
    response: { headers: stored.response.headers, payload: stored.response.body },
  });
}
