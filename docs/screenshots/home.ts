/**
 * Takes the pictures of App Home: `node docs/screenshots/home.ts`. They need a team with a month behind it, so its items
 * are lived through first, by the clock of the month, in a database that Lockstep then starts on.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../src/embedded.ts';
import { migrate } from '../../src/migrate.ts';
import { liveThrough } from '../../test/browser/lives.ts';
import { month } from '../../test/browser/month.ts';
import { type Name, sitDown } from '../../test/browser/people.ts';
import { openBrowser } from '../../test/browser.ts';
import { shoot, startLocal } from './studio.ts';
import { showHome } from './tour.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-screenshots-'));
// The embedded database may run as another OS user, who has to get through.
await chmod(dataDir, 0o755);
const database = await startPostgres({ dir: join(dataDir, 'database'), log: () => {}, throwAway: true });
await migrate(database.url);
await liveThrough(database.url, month);
const lockstep = await startLocal(dataDir, database.url);
const browser = await openBrowser();
try {
  const seat = async (name: Name) => (await sitDown(browser, lockstep.url, name)).page;
  await showHome({ seat, see: shoot });
} finally {
  await browser.close();
  await lockstep.stop();
  await database.stop();
  for (const folder of [dataDir, database.home]) await rm(folder, { recursive: true, force: true });
}
