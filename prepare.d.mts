/** One sentence about what is missing and what to do, or null when all is well. */
export function prepare(options: {
  root: string;
  nodeVersion?: string;
  env?: Record<string, string | undefined>;
  say?: (line: string) => void;
}): string | null;
