import { upkeep } from '../../jobs/index.ts';
import { readConfig } from '../../src/config.ts';
import { buildDeps } from '../../src/deps.ts';
import { startHomes } from '../../src/homes.ts';
import { runProcess } from '../../src/process.ts';
import { startWorkers } from '../../src/queue.ts';
import { toldJobs } from './told-jobs.ts';

/** The product's worker, with jobs about code that only tell. TOLD_MS is how long each takes; without it they see nothing. */
await runProcess(async () => {
  const config = readConfig();
  const jobs = toldJobs(process.env.TOLD_MS ? Number(process.env.TOLD_MS) : null);
  const { deps, handover, close } = await buildDeps(config, jobs, 'worker');
  const workers = startWorkers(deps, handover, { jobs, upkeep });
  const homes = startHomes(deps);
  return async () => {
    await Promise.all([workers.close(), homes.stop()]);
    await close();
  };
});
