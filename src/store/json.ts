const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Text as PostgreSQL takes it: without NUL and halves of characters, which agents, models and cuts may leave in it. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** A value for a column of JSON; such characters would be refused there. */
export function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (!UNSTORABLE.test(text)) return text;
  return JSON.stringify(value, (_, one) => (typeof one === 'string' ? storable(one) : one));
}

/** The same value, as it can be stored. */
export const allStorable = <T>(value: T): T => JSON.parse(json(value)) as T;
