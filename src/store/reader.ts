import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What a reading query needs: whoever holds the whole database or its read-only half may call it. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom'>;
