import { LOOKS, type Look } from '../../test/browser/looks.ts';

/** The surfaces that are looked at, in the order of the tour; each has a picture in the light, in the dark and on a phone. */
export const SURFACES = [
  'home-welcome',
  'intake',
  'card',
  'refusal',
  'help',
  'prd-gate',
  'document',
  'document-decision',
  'edit',
  'what-changed',
  'request-changes',
  'spec-gate',
  'delegate',
  'agent-at-work',
  'review',
  'home-review',
  'pull-request',
  'pull-request-diff',
  'check-run',
  'release-gate',
  'deploy',
  'deployed',
  'rollback',
  'rolled-back',
  'blocked',
  'override',
  'overridden',
  'act-as',
  'message-actions',
  'inspector',
  'switchboard',
  'alert',
  'milestone',
  'milestone-progress',
  'github',
  'repository',
  'deployments',
  'webhooks',
  'home-queue',
  'home-board',
  'home-metrics',
  'home-metrics-more',
  'home-approve',
  'home-column',
] as const;
export type Surface = (typeof SURFACES)[number];

/** The sample shop, which is not ours: one picture each. */
export const SHOPS = ['production-before', 'preview', 'production-after'] as const;
export type Shop = (typeof SHOPS)[number];

export function fileOf(name: Surface | Shop, look: Look): string {
  return `${look === 'phone' ? 'phone-' : ''}${name}${look === 'dark' ? '-dark' : ''}.png`;
}

export const files = (): string[] => [
  ...SURFACES.flatMap((name) => LOOKS.map((look) => fileOf(name, look))),
  ...SHOPS.map((name) => fileOf(name, 'light')),
];
