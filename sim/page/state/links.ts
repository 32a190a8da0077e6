import type { Boot } from '../../slack/client-api.ts';
import type { Api } from './api.ts';

/** Deployments come and go without any message that would say so, so the page asks now and then. */
const EVERY_MS = 4000;

/** Calls back with the workspace's addresses whenever they are others than before. Returns how to end it. */
export function watchLinks(api: Api, known: () => Boot['links'] | undefined, changed: (links: Boot['links']) => void) {
  const timer = setInterval(async () => {
    if (document.hidden || !known()) return;
    const boot = await api.boot();
    if (boot.ok && JSON.stringify(boot.links) !== JSON.stringify(known())) changed(boot.links);
  }, EVERY_MS);
  return () => clearInterval(timer);
}
