/**
 * A real Chromium for tests and screenshots.
 *
 * `CHROME_PATH` names a browser to use. Without it, Linux on x64 runs the one inside `@sparticuz/chromium`, which needs
 * no system packages; elsewhere the installed Chrome is used.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const args = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-gpu',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  // The same letter shapes whatever the machine's font settings say.
  '--font-render-hinting=none',
];

const require = createRequire(import.meta.url);

/** Launches a headless browser; the caller closes it. Rejects with what to do when there is none. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ headless: true, args, ...(await which()) });
}

async function which(): Promise<LaunchOptions> {
  if (process.env.CHROME_PATH) return { executablePath: process.env.CHROME_PATH };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  const folder = await unpacked();
  return { executablePath: join(folder, 'chromium'), env: environment(folder) };
}

/**
 * The unpacked browser's folder. Unpacking goes into a folder of its own that is renamed when complete, so that test
 * files which start at the same time never see half of it.
 */
async function unpacked(): Promise<string> {
  const main = require.resolve('@sparticuz/chromium');
  const { version } = require(join(main, '../../package.json')) as { version: string };
  const folder = join(tmpdir(), `lockstep-chromium-${version}`);
  if (existsSync(folder)) return folder;
  const stage = await mkdtemp(join(tmpdir(), 'lockstep-chromium-stage-'));
  try {
    // The package unpacks into the temporary folder, which a child process can be told to be another one.
    const script =
      `const { default: chromium, inflate } = await import(${JSON.stringify(pathToFileURL(main).href)});` +
      `await chromium.executablePath();` +
      `await inflate(${JSON.stringify(join(main, '../../bin/al2023.tar.br'))});`;
    const env = { ...process.env, TMPDIR: stage };
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
    await writeFile(join(stage, 'fonts', 'fonts.conf'), fontsConf(join(folder, 'fonts')));
    await mkdir(join(stage, 'home'));
    await rename(stage, folder);
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The machine's own fonts first, then the Open Sans that comes with the browser, so that there is always one. */
const fontsConf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${folder}</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;

function environment(folder: string): Record<string, string> {
  const env: Record<string, string> = { FONTCONFIG_FILE: join(folder, 'fonts', 'fonts.conf') };
  for (const [key, value] of Object.entries(process.env)) if (value !== undefined) env[key] ??= value;
  // Bundled system libraries (NSS and its friends) only where the machine lacks its own: mixing versions is fragile.
  if (missingLibraries(join(folder, 'chromium'))) {
    env.LD_LIBRARY_PATH = [join(folder, 'al2023', 'lib'), env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  }
  return env;
}

function missingLibraries(binary: string): boolean {
  try {
    return execFileSync('ldd', [binary], { encoding: 'utf8' }).includes('not found');
  } catch {
    return true;
  }
}
