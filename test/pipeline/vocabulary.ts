import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Definition, Vocabulary } from '../../src/pipeline/types.ts';

const environment = z.enum(['staging', 'production']);
const nothing = z.strictObject({});

/** The shape of the words that `feature.yml` uses, without the jobs themselves. */
const JOBS: Record<string, { params?: z.ZodType; watch?: boolean; perHead?: boolean }> = {
  enrich: {},
  'draft-prd': {},
  'draft-spec': {},
  score: {},
  delegate: {},
  'poll-agent': { watch: true },
  'watch-checks': { watch: true },
  'review-diff': { perHead: true },
  'provision-preview': { perHead: true },
  'ping-reviewer': { perHead: true },
  merge: {},
  deploy: { params: z.strictObject({ environment }) },
  'watch-deploy': { params: z.strictObject({ environment, minutes: z.number().positive().optional() }), watch: true },
  soak: {},
  'pre-deploy-checks': {},
  'release-notes': {},
};

export const VOCABULARY: Vocabulary = {
  jobs: Object.fromEntries(
    Object.entries(JOBS).map(([name, { params = nothing, watch = false, perHead = false }]) => {
      const check = (given: unknown) => {
        const parsed = params.safeParse(given);
        return parsed.success ? null : parsed.error.issues.map((issue) => issue.message).join('; ');
      };
      return [name, { watch, perHead, check }];
    }),
  ),
  roles: ['product_manager', 'engineer', 'reviewer', 'release_manager'],
};

const FEATURE = new URL('../../config/pipelines/feature.yml', import.meta.url);
export const FEATURE_TEXT = readFileSync(FEATURE, 'utf8');
export const feature = (): Definition => parsePipeline(FEATURE_TEXT, 'feature.yml', VOCABULARY);
