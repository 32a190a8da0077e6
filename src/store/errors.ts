/** Postgres error codes that callers decide about. Tested by code: `instanceof` breaks with two copies of `pg`. */
const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** A unique key exists already: the same request or effect was recorded by somebody else meanwhile. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505';

/** The connection went away, or the server is shutting down: whether the statement was committed is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (code.startsWith('08') || ['57P01', '57P02', '57P03', '40001', '40P01'].includes(code)) return true;
  if (['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true;
  return (
    error instanceof Error &&
    /Connection terminated|connection timeout|timeout exceeded when trying to connect/i.test(error.message)
  );
}
