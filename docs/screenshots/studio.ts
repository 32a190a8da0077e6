import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { freePort } from '../../src/local/ports.ts';
import { inEveryLook, type Look } from '../../test/browser/looks.ts';
import { fileOf, type Shop, type Surface } from './names.ts';
import { shrink } from './shrink.ts';
import type { Sight } from './tour.ts';

/** What every picture needs: Lockstep as `npm start` starts it, on data that is thrown away, and a camera. */

const HERE = import.meta.dirname;
const ROOT = resolve(HERE, '../..');

export interface Started {
  url: string;
  stop(): Promise<void>;
}

/** `database`: one that is filled already; otherwise a new one of its own. */
export async function startLocal(dataDir: string, database = ''): Promise<Started> {
  const nothing = ['REDIS_URL', 'LINEAR_API_KEY', 'ANTHROPIC_API_KEY', 'PORT', 'HOST'];
  const unset = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET'];
  const env = Object.fromEntries([...nothing, ...unset].map((name) => [name, '']));
  const own = { DATABASE_URL: database, LOCKSTEP_DATA: dataDir, LOCKSTEP_PORT: String(await freePort()), TZ: 'UTC' };
  const child: ChildProcess = spawn(process.execPath, [join(ROOT, 'src/local.ts')], {
    env: { ...process.env, ...env, ...own },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((done, fail) => {
    let printed = '';
    child.stdout!.on('data', (chunk) => {
      printed += chunk;
      const found = /Lockstep is ready: (\S+)/.exec(printed)?.[1];
      if (found) done(found);
    });
    void ended.then(() => fail(new Error(`Lockstep did not start:\n${printed}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { url, stop };
}

/** Writes one picture for each look. Only what moves by itself (spinners, the caret) is held still. */
export async function shoot(page: Page, name: Surface | Shop, { top, looks }: Sight = {}): Promise<void> {
  await page.mouse.move(5, 5);
  await page.evaluate(() => document.fonts.ready);
  const take = async (look: Look) => {
    // What was said meanwhile would lie over what is shown.
    const said = page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Dismiss' });
    for (let left = await said.count(); left > 0; left = await said.count())
      await said.first().evaluate((it) => (it as HTMLElement).click());
    await top?.evaluate((element) => {
      for (const area of element.querySelectorAll('textarea, .dialog-body')) area.scrollTop = 0;
      element.scrollIntoView({ block: 'start' });
    });
    const picture = shrink(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    const file = fileOf(name, look);
    await writeFile(join(process.env.SCREENSHOTS ?? HERE, file), picture);
    process.stdout.write(`${file} ${Math.round(picture.length / 1024)} KB\n`);
  };
  await inEveryLook(page, take, looks);
}
