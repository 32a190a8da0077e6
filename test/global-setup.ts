import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../src/embedded.ts';
import { migrate } from '../src/migrate.ts';

/** What the test files get to know: the server, and the migrated database that they copy. */
export interface TestServer {
  url: string;
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestServer;
  }
}

/**
 * A real PostgreSQL for every run: the one of DATABASE_URL, else the embedded one on throw-away data. Without a
 * database nothing runs and the run fails; no test is skipped.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const own = process.env.DATABASE_URL;
  const server = own ? { url: own, stop: async () => {} } : await startEmbedded();
  const template = `lockstep_test_${process.pid}_${project.name}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  await migrate(withDatabase(server.url, template));
  project.provide('postgres', { url: server.url, template });
  return async () => {
    const { rows } = await admin.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname LIKE $1', [
      `${template.replaceAll('_', '\\_')}%`,
    ]);
    for (const row of rows) await admin.query(`DROP DATABASE IF EXISTS ${row.datname} WITH (FORCE)`);
    await admin.end();
    await server.stop();
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function startEmbedded() {
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-test-'));
  const database = await startPostgres({ dir, log: () => {}, throwAway: true });
  return {
    url: database.url,
    stop: async () => {
      await database.stop();
      for (const folder of [dir, database.home]) await rm(folder, { recursive: true, force: true });
    },
  };
}
