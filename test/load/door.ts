import { join } from 'node:path';
import { pino } from 'pino';
import { jobs } from '../../jobs/index.ts';
import { type Advance, createAdvance } from '../../src/advance.ts';
import { vocabulary } from '../../src/deps.ts';
import { openPipelines } from '../../src/store/pipelines.ts';
import type { Lockstep } from '../flows/lockstep.ts';

/** The one door as a job of another worker would use it; what it orders, the drain of the workers hands over. */
export async function openDoor({ database, config }: Lockstep): Promise<Advance> {
  const { pool, db } = database;
  const pipelines = await openPipelines(db, join(config.configDir, 'pipelines'), vocabulary(config, jobs));
  const log = pino({ level: 'silent' });
  return createAdvance({ pool, pipelines, handOver: () => {}, now: () => new Date(), log, failpoint: () => {} });
}
