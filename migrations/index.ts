import type { Migration } from 'kysely/migration';
import * as core from './001-core.ts';
import * as home from './002-home.ts';
import * as slackLimits from './003-slack-limits.ts';
import * as incidents from './004-incidents.ts';
import * as alerts from './005-alerts.ts';
import * as overrides from './006-overrides.ts';
import * as milestones from './007-milestones.ts';

/** In the order in which they are applied. Never edited after they land; a mistake is mended by the next one. */
export const migrations: Record<string, Migration> = {
  '001-core': core,
  '002-home': home,
  '003-slack-limits': slackLimits,
  '004-incidents': incidents,
  '005-alerts': alerts,
  '006-overrides': overrides,
  '007-milestones': milestones,
};
