import { describe } from 'vitest';
import { testKilledWorkers } from './killed-worker.ts';

describe('workers that are killed, queue on Postgres', () => testKilledWorkers({ name: 'Postgres', redis: null }));
