import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { parsePipeline } from '../pipeline/definition.ts';
import type { Definition, Vocabulary } from '../pipeline/types.ts';
import type { Tables } from './tables.ts';

export interface StoredPipeline {
  hash: string;
  definition: Definition;
}

/** Pipelines by the hash of their text: an item keeps the version that it started with. */
export interface Pipelines {
  /** The current version of a pipeline by name. */
  current(name: string): StoredPipeline | undefined;
  names(): string[];
  /** Any version that was ever accepted. Throws when no row has it. */
  byHash(hash: string): Promise<Definition>;
}

/** Reads every file of the folder (throws PipelineError for a bad one) and stores the accepted texts. */
export async function openPipelines(db: Kysely<Tables>, folder: string, vocabulary: Vocabulary): Promise<Pipelines> {
  const known = new Map<string, Definition>();
  const current = new Map<string, StoredPipeline>();
  for (const { file, text } of readPipelineFiles(folder)) {
    const definition = parsePipeline(text, file, vocabulary);
    const hash = createHash('sha256').update(text).digest('hex');
    known.set(hash, definition);
    current.set(definition.name, { hash, definition });
    await db
      .insertInto('pipelines')
      .values({ hash, name: definition.name, text })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }
  return {
    current: (name) => current.get(name),
    names: () => [...current.keys()],
    async byHash(hash) {
      const found = known.get(hash);
      if (found) return found;
      const row = await db.selectFrom('pipelines').selectAll().where('hash', '=', hash).executeTakeFirstOrThrow();
      const definition = parsePipeline(row.text, `${row.name} (${hash.slice(0, 8)})`, vocabulary);
      known.set(hash, definition);
      return definition;
    },
  };
}

export function readPipelineFiles(folder: string): { file: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}
