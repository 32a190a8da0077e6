import { describe } from 'vitest';
import { testKilledWorkers } from './killed-worker.ts';
import { redisUrl } from './road.ts';

const redis = await redisUrl(9);

describe.runIf(redis)('workers that are killed, queue on Redis', () => testKilledWorkers({ name: 'Redis', redis }));
