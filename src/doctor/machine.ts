import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { workspacePort } from '../local/choose-ports.ts';
import { whoRuns } from '../local/data.ts';
import { obstacle } from '../local/obstacle.ts';
import { chooseParts } from '../local/parts.ts';
import { portSentence, whyNot } from '../local/ports.ts';
import { Sentence } from '../local/sentence.ts';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';

const LOW_DISK = 1_000_000_000;

export async function checkMachine(patient: Patient): Promise<Finding[]> {
  return [
    checkNode(),
    checkProgram('npm', '--version'),
    checkProgram('git', '--version'),
    ...checkData(patient.dataDir),
    ...(await checkPort(patient)),
  ];
}

/** Where the page of the local workspace goes. Without a stand-in there is none. */
export async function checkPort({ env, dataDir }: Patient): Promise<Finding[]> {
  const { parts } = chooseParts(env);
  if (parts.slack !== 'stand-in' && parts.github !== 'stand-in') return [];
  const running = runsOn(dataDir);
  if (running) return [ok(`Lockstep runs on this data folder (process ${running.pid}, ${running.url})`)];
  try {
    const port = workspacePort(env);
    const why = await whyNot(port);
    if (why === null) return [ok(`port ${port} is free for the page of \`npm start\``)];
    // Whoever has it may be gone when it is wanted.
    const sentence = portSentence(port, why, { name: 'LOCKSTEP_PORT', usual: 4000 });
    return [why === 'EADDRINUSE' ? note(sentence) : { mark: 'bad', text: sentence }];
  } catch (error) {
    if (!(error instanceof Sentence)) throw error;
    return [{ mark: 'bad', text: error.message }];
  }
}

/** Null also where the folder cannot be read, which has a line of its own. */
function runsOn(dataDir: string): ReturnType<typeof whoRuns> {
  try {
    return whoRuns(dataDir);
  } catch {
    return null;
  }
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
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const text = obstacle(error, [dataDir]) ?? `data folder ${dataDir} cannot be used: ${reason(error)}`;
    return [{ mark: 'bad', text }];
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
