import { describe } from 'vitest';
import { redisUrl } from '../redis.ts';
import { testKilledWorkers } from './killed-worker.ts';

const redis = await redisUrl(9);

describe.runIf(redis)('workers that are killed, queue on Redis', () => testKilledWorkers({ name: 'Redis', redis }));
