import { jobs, upkeep } from '../jobs/index.ts';
import { startAlerts } from './alerts.ts';
import { createCreateItem } from './commands/create-item.ts';
import { type Config, readConfig } from './config.ts';
import { buildDeps } from './deps.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startHomes } from './homes.ts';
import { startMilestones } from './milestones.ts';
import { runProcess } from './process.ts';
import { startWorkers } from './queue.ts';

/** Runs the jobs. As many of these beside each other as there is work for. Answers how to stop it. */
export async function startWorker(config: Config): Promise<() => Promise<void>> {
  const { deps, handover, close } = await buildDeps(config, jobs, 'worker');
  const workers = startWorkers(deps, handover, { jobs, upkeep });
  const homes = startHomes(deps);
  const alerts = startAlerts(deps);
  const { handOver } = handover;
  const milestones = startMilestones(deps, createCreateItem({ ...deps, level: config.default_level, handOver }));
  const heartbeat = config.heartbeat
    ? startHeartbeat(config.heartbeat, deps.log, async () => {
        await deps.pool.query('SELECT 1');
        await workers.check();
      })
    : null;
  deps.log.info('worker is ready');
  return async () => {
    await Promise.all([workers.close(), homes.stop(), alerts.stop(), milestones.stop(), heartbeat?.stop()]);
    await close();
  };
}

if (import.meta.main) await runProcess(() => startWorker(readConfig()));
