import { join } from 'node:path';
import { pino } from 'pino';
import { jobs } from '../../jobs/index.ts';
import { type Advance, createAdvance } from '../../src/advance.ts';
import { loadCatalog } from '../../src/catalog/index.ts';
import { type CreateItem, createCreateItem } from '../../src/commands/create-item.ts';
import { vocabulary } from '../../src/deps.ts';
import { openPipelines, type Pipelines } from '../../src/store/pipelines.ts';
import type { Lockstep } from '../flows/lockstep.ts';

export interface Door {
  advance: Advance;
  createItem: CreateItem;
  pipelines: Pipelines;
}

/** The one door as another worker would use it; what is ordered here, the drain of the workers hands over. */
export async function openDoor({ database, config }: Lockstep): Promise<Door> {
  const { pool, db } = database;
  const pipelines = await openPipelines(db, join(config.configDir, 'pipelines'), vocabulary(config, jobs));
  const log = pino({ level: 'silent' });
  const given = { pool, pipelines, handOver: () => {}, now: () => new Date(), log, failpoint: () => {} };
  const catalog = loadCatalog(join(config.configDir, 'catalog'), join(config.dataDir, 'catalog'));
  return {
    advance: createAdvance(given),
    createItem: createCreateItem({ ...given, catalog, level: 'ai_led' }),
    pipelines,
  };
}
