import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { checkEmbedded } from './embedded.ts';
import { bad, type Finding, ok, type Patient, reason } from './finding.ts';

const OLDEST = 130_000;

export async function checkDatabase(patient: Patient): Promise<Finding[]> {
  const { DATABASE_URL: url } = patient.env;
  if (url) return askDatabase(url, 'Is DATABASE_URL right, is the server running, and does it let this machine in?');
  const { findings, runs } = checkEmbedded(patient);
  if (!runs) return findings;
  return [...findings, ...(await askDatabase(runs, 'See .data/logs and .data/postgres/postgres.log; start it again.'))];
}

async function askDatabase(url: string, todo: string): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  // The server may go while it is asked; the query then fails, and that is what is reported.
  client.on('error', () => {});
  try {
    await client.connect();
    return [...(await checkVersion(client)), await checkSchema(client)];
  } catch (error) {
    return [bad(`PostgreSQL cannot be used: ${(error as Error).message || reason(error)}`, todo)];
  } finally {
    await client.end().catch(() => {});
  }
}

async function checkVersion(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS number, version() AS text");
  const { number, text } = rows[0] as { number: number; text: string };
  const shown = text.split(' ').slice(0, 2).join(' ');
  return [
    number >= OLDEST ? ok(`${shown} answers`) : bad(`${shown} is too old`, 'Lockstep needs PostgreSQL 13 or newer.'),
  ];
}

async function checkSchema(client: pg.Client): Promise<Finding> {
  const names = Object.keys(migrations);
  const { rows: tables } = await client.query(`SELECT to_regclass('kysely_migration') AS found`);
  const done = tables[0].found
    ? (await client.query('SELECT name FROM kysely_migration')).rows.map((row) => row.name)
    : [];
  const missing = names.filter((name) => !done.includes(name));
  const newer = done.filter((name) => !names.includes(name));
  if (newer.length > 0) {
    return bad(
      `the schema is newer than this build (${newer.join(', ')})`,
      'Run the build that made it, or a newer one.',
    );
  }
  if (missing.length > 0)
    return bad(`the schema lacks ${missing.join(', ')}`, 'Run `npm run migrate` (`npm start` does).');
  return ok('the schema is up to date');
}
