import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from './obstacle.ts';
import { DatabaseError } from './place.ts';

/** The version of the embedded PostgreSQL; its data folders are of this one only. */
export const MAJOR = '18';

/**
 * Looks at the folder of the embedded database (`data/`, `password`) without touching it. `runsAs` is the OS user that
 * PostgreSQL will have, left out: the current one. Throws DatabaseError where what is there cannot be used.
 */
export function inspect(home: string, runsAs = process.getuid?.()): 'nothing' | 'database' {
  const data = join(home, 'data');
  if (!existsSync(data) || readdirSync(data).length === 0) return 'nothing';
  const file = join(data, 'PG_VERSION');
  if (!existsSync(file)) throw broken(data, 'it has files but no PG_VERSION, so it is no PostgreSQL data folder');
  const password = join(home, 'password');
  if (!existsSync(password)) throw broken(data, `its password file ${password} is missing`);
  const version = readFileSync(file, 'utf8').trim();
  if (version !== MAJOR) throw broken(data, `it was made by PostgreSQL ${version || '?'} and this is ${MAJOR}`);
  checkOwner(data, runsAs);
  return 'database';
}

/** PostgreSQL works only on files of the user that it runs as; its own words for that name no user. */
function checkOwner(data: string, runsAs: number | undefined): void {
  const { uid } = statSync(data);
  if (runsAs === undefined || uid === runsAs) return;
  const [owner, user] = [nameOf(uid), nameOf(runsAs)];
  throw new DatabaseError(
    `The database in ${data} belongs to the user ${owner}, and this start would run it as ${user}: start Lockstep as ${owner}, give it away with \`chown -R ${user} ${data}\`, or choose another data folder with LOCKSTEP_DATA=….`,
  );
}

export function broken(data: string, why: string, logFile?: string): DatabaseError {
  const more = logFile ? ` (its log: ${logFile})` : '';
  return new DatabaseError(
    `The database in ${data} cannot be used: ${why}${more}. Put a backup of that folder in its place, or start with an empty one: \`npm start -- --reset\` deletes it.`,
  );
}
