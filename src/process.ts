/** How long a process may take to stop before it is ended anyway. */
const GRACE_MS = 10_000;

/**
 * Starts an entry point and stops it on SIGTERM or SIGINT: what is at work ends first. Also stops when the parent that
 * started it with an IPC channel is gone, so that nothing is left behind. A mistake of the team's is one sentence.
 */
export async function runProcess(start: () => Promise<() => Promise<void>>): Promise<void> {
  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  const end = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    await stop?.().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (process.connected) process.on('disconnect', end);
  try {
    stop = await start();
    if (stopping) await stop();
  } catch (error) {
    const expected = error instanceof Error && ['ConfigError', 'PipelineError', 'CatalogError'].includes(error.name);
    process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}
