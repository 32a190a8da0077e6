/**
 * Fault injection for the reliability tests. Without `FAIL_AT` every call is one comparison.
 *
 * `FAIL_AT=after_commit` kills this process with SIGKILL the first time that point is reached; `before_effect@deploy`
 * only when the job is `deploy`; `block:10000:before_effect` blocks the event loop instead.
 */
export type Failpoint = (point: FailpointName, job?: string) => void;
export const FAILPOINTS = [
  'before_commit',
  'after_commit',
  'after_commit_before_add',
  'before_ack',
  'before_effect',
  'after_effect',
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

export function createFailpoint(failAt: string | null): Failpoint {
  if (failAt === null) return () => {};
  const [, blockMs, point, job] = /^(?:block:(\d+):)?([a-z_]+)(?:@([a-z-]+))?$/.exec(failAt) ?? [];
  let fired = false;
  return (reached, reachedJob) => {
    if (fired || reached !== point || (job && job !== reachedJob)) return;
    fired = true;
    if (!blockMs) process.kill(process.pid, 'SIGKILL');
    const until = Date.now() + Number(blockMs);
    while (Date.now() < until);
  };
}
