/**
 * Takes the pictures of one ticket: `node docs/screenshots/take.ts`. Starts Lockstep as `npm start` does, on data that
 * is thrown away, plays one ticket to production and back in a real browser (`tour.ts`), and writes what people see, in
 * the light, in the dark and on a phone.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Name, sitDown } from '../../test/browser/people.ts';
import { openBrowser } from '../../test/browser.ts';
import { shoot, startLocal } from './studio.ts';
import { showTicket } from './tour.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-screenshots-'));
// The embedded database may run as another OS user, who has to get through.
await chmod(dataDir, 0o755);
const lockstep = await startLocal(dataDir);
const browser = await openBrowser();
try {
  const tickets = JSON.parse(await readFile(join(ROOT, 'sim/sample/tickets.json'), 'utf8'));
  const seat = async (name: Name) => (await sitDown(browser, lockstep.url, name)).page;
  await showTicket({ seat, see: shoot, tickets });
} finally {
  await browser.close();
  await lockstep.stop();
  await rm(dataDir, { recursive: true, force: true });
}
