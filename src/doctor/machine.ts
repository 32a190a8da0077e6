import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { bad, type Finding, note, ok, type Patient } from './finding.ts';

const LOW_DISK = 1_000_000_000;

export async function checkMachine({ dataDir }: Patient): Promise<Finding[]> {
  return [checkNode(), checkProgram('npm', '--version'), checkProgram('git', '--version'), ...checkData(dataDir)];
}

function checkNode(): Finding {
  const version = process.versions.node;
  return Number(version.split('.')[0]) >= 24
    ? ok(`Node ${version}`)
    : bad(`Node ${version}: Lockstep runs on Node 24`, 'Use `npm run …`, which brings its own, or install Node 24.');
}

function checkProgram(program: string, flag: string): Finding {
  try {
    const windows = process.platform === 'win32';
    const said = execFileSync(program, [flag], { encoding: 'utf8', stdio: 'pipe', shell: windows });
    return ok(`${program} ${said.trim().replace(/^git version /, '')}`);
  } catch {
    return bad(`${program} was not found`, `Install ${program} and make sure that it is on the PATH.`);
  }
}

function checkData(dataDir: string): Finding[] {
  try {
    // A folder that is not there yet is made, as the product would.
    if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const todo = `Let this user write to ${dirname(dataDir)}, or name another folder with LOCKSTEP_DATA.`;
    return [bad(`data folder ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code})`, todo)];
  }
  const disk = statfsSync(dataDir);
  const free = disk.bavail * disk.bsize;
  const shown = `${(free / 1e9).toFixed(1)} GB free`;
  return [
    free < LOW_DISK
      ? note(`data folder ${dataDir}, only ${shown}`, 'Clones and agent runs are kept there; make room.')
      : ok(`data folder ${dataDir}, ${shown}`),
  ];
}
