/** What can be said behind `npm start --`. */
export interface Options {
  /** A git repository on this machine to load into the local GitHub. */
  repo: string | null;
  /** Delete the data first. */
  reset: boolean;
  /** Do not ask. */
  yes: boolean;
  help: boolean;
}

export const USAGE = `npm start                            start Lockstep on this machine
npm start -- --repo /path/to/repo    also load a git repository of yours into the local GitHub
npm start -- --reset [--yes]         delete the local data first (asks, unless --yes)
Settings come from the environment or from a file .env here; docs/configuration.md has them all.`;

/** Reads the arguments, or gives a sentence about the first one that is wrong. */
export function readOptions(args: readonly string[]): Options | string {
  const options: Options = { repo: null, reset: false, yes: false, help: false };
  const rest = [...args];
  while (rest.length > 0) {
    const [name, inline] = split(rest.shift()!);
    if (name === '--reset') options.reset = true;
    else if (name === '--yes' || name === '-y') options.yes = true;
    else if (name === '--help' || name === '-h') options.help = true;
    else if (name === '--repo') {
      const path = inline ?? rest.shift();
      if (!path || path.startsWith('--')) return '--repo needs the path of a git repository: --repo /path/to/repo.';
      options.repo = path;
    } else return `${name} is not known. What there is:\n${USAGE}`;
  }
  return options;
}

function split(argument: string): [name: string, value: string | undefined] {
  const at = argument.indexOf('=');
  return argument.startsWith('--') && at > 0 ? [argument.slice(0, at), argument.slice(at + 1)] : [argument, undefined];
}
