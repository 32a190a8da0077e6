import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError } from '../data-error.ts';
import type { Stamp, State } from './model.ts';

export interface Store {
  readonly state: State;
  /** A new id, above 2^32 as GitHub's are, so that a column too small for them fails here and not in production. */
  id: () => number;
  /** The state changed: it is on disk within 200 ms. */
  touch: () => void;
  /** Writes what is not yet on disk; what was answered after this survives a kill. */
  save: () => Promise<void>;
  close: () => Promise<void>;
}

const debounceMs = 150;
const firstId = 5_000_000_001;

/** Opens (or begins) the state file. A file that is not ours is an error, never silently replaced. */
export function openStore(file: string): Store {
  mkdirSync(dirname(file), { recursive: true });
  const state = read(file);
  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async () => {
    if (!dirty) return;
    dirty = false;
    const text = JSON.stringify(state);
    await writeFile(`${file}.next`, text);
    await rename(`${file}.next`, file);
  };
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    // One writer at a time; a failed write is reported to whoever asked and does not poison the next one.
    const mine = writing.then(write, write);
    writing = mine.catch(() => {});
    return mine;
  };
  const touch = () => {
    dirty = true;
    timer ??= setTimeout(() => {
      save().catch(() => {
        dirty = true;
      });
    }, debounceMs);
  };
  return {
    state,
    id: () => {
      touch();
      return state.nextId++;
    },
    touch,
    save,
    close: save,
  };
}

function read(file: string): State {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { version: 1, nextId: firstId, repos: [], deliveries: [] };
    // A folder: the error of Node names no path.
    if (code === 'EISDIR') throw unreadable(file);
    throw error;
  }
  try {
    const state = JSON.parse(text) as State;
    if (state.version === 1 && Array.isArray(state.repos)) return state;
  } catch {
    // Falls through to the sentence below: the reader needs the path, not the parser's offset.
  }
  throw unreadable(file);
}

const unreadable = (file: string): DataError =>
  new DataError(`The GitHub stand-in cannot read its state in ${file}. Remove that file to start afresh.`);

/** Now, in GitHub's form. */
export function stamp(now = new Date()): Stamp {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}
