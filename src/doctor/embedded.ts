import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, MAJOR } from '../local/cluster.ts';
import { whoRuns } from '../local/data.ts';
import { obstacle } from '../local/obstacle.ts';
import { DatabaseError, databaseUser, nativeFolder, placeOf } from '../local/place.ts';
import { type Finding, note, ok, type Patient } from './finding.ts';

/** The database that `npm start` brings. Nothing is started and nothing changed. `runs`: its address while it runs. */
export function checkEmbedded({ dataDir }: Patient): { findings: Finding[]; runs: string | null } {
  const home = placeOf(join(dataDir, 'postgres'));
  const findings: Finding[] = [note(`DATABASE_URL is not set: using the embedded PostgreSQL (${home})`)];
  try {
    nativeFolder();
    const { uid } = databaseUser() ?? {};
    if (inspect(home, uid) === 'nothing') {
      findings.push(note('it has no data yet: the first `npm start` makes it'));
      return { findings, runs: null };
    }
    findings.push(ok(`its data is of PostgreSQL ${MAJOR}, as it must be`));
    if (whoRuns(dataDir)) return { findings, runs: addressIn(home) };
    findings.push(note('it is not running, so its schema was not looked at: `npm start` brings that up to date'));
  } catch (error) {
    const text = error instanceof DatabaseError ? error.message : obstacle(error, [dataDir, home]);
    if (text === null) throw error;
    findings.push({ mark: 'bad', text });
  }
  return { findings, runs: null };
}

/** What `npm start` wrote down when it started it. */
function addressIn(home: string): string {
  const [password, port] = ['password', 'port'].map((name) => readFileSync(join(home, name), 'utf8').trim());
  return `postgres://lockstep:${password}@127.0.0.1:${port}/postgres`;
}
