import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Advance } from './advance.ts';
import type { CodingAgent } from './agents/types.ts';
import type { Catalog } from './catalog/index.ts';
import type { Config } from './config.ts';
import type { Failpoint } from './failpoint.ts';
import type { GitHub } from './integrations/github.ts';
import type { Model } from './integrations/model.ts';
import type { SlackApi } from './integrations/slack.ts';
import type { Pipelines } from './store/pipelines.ts';
import type { Tables } from './store/tables.ts';

/** Everything that jobs and listeners work with, built once by an entry point. */
export interface Deps {
  config: Config;
  log: Logger;
  pool: Pool;
  db: Kysely<Tables>;
  pipelines: Pipelines;
  advance: Advance;
  catalog: Catalog;
  /** The background client; clicks are answered through Bolt's own. */
  slack: SlackApi;
  github: GitHub;
  /** null without a model key: the offline drafter writes. */
  model: Model | null;
  agents: Readonly<Record<string, CodingAgent>>;
  now: () => Date;
  failpoint: Failpoint;
}
