import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A process that outlives the one that started it. `mark` is the kernel's start time of the process where it can be
 * read (Linux): a pid is reused, a pid with its start time is not.
 */
export interface ProcessId {
  pid: number;
  mark: string | null;
}

/** The parts of /proc/<pid>/stat that we need; null when there is no such process or no /proc. */
function procStat(pid: number): { state: string; start: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets, so fields are counted after the last bracket.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '' };
  } catch {
    return null;
  }
}

export function identify(pid: number): ProcessId {
  return { pid, mark: procStat(pid)?.start ?? null };
}

/** False for a process that ended, is a zombie, or whose pid now belongs to another one. */
export function isAlive({ pid, mark }: ProcessId): boolean {
  const stat = procStat(pid);
  if (stat) return stat.state !== 'Z' && stat.state !== 'X' && (mark === null || stat.start === mark);
  if (mark !== null) return false;
  return exists(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends the whole group that a detached process leads. Also when the leader is gone and its children are not: a group
 * id is not reused while the group has members. Never when the pid belongs to somebody else by now.
 */
export function killGroup(leader: ProcessId): void {
  const stat = procStat(leader.pid);
  if (stat && leader.mark !== null && stat.start !== leader.mark) return;
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * The whole environment of a child that runs code we did not write: no tokens, no user configuration. Our own Node
 * comes first in PATH, so that `npm test` runs on the version that Lockstep runs on.
 */
export function minimalEnv(options: { path: string; home: string; tmp: string }): Record<string, string> {
  return {
    PATH: [path.dirname(process.execPath), options.path].filter(Boolean).join(path.delimiter),
    HOME: options.home,
    TMPDIR: options.tmp,
    LANG: 'C.UTF-8',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    NPM_CONFIG_FUND: 'false',
    NPM_CONFIG_AUDIT: 'false',
  };
}
