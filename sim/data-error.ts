/** Data of an earlier start that cannot be read: the message says which file and what to do, and is shown as it is. */
export class DataError extends Error {
  override name = 'DataError';
}
