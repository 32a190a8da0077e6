import { defineConfig } from 'vitest/config';

// Times are written and read in UTC everywhere; a test that passes only in one time zone is a bug.
process.env.TZ = 'UTC';

const shared = {
  pool: 'forks',
  globalSetup: './test/global-setup.ts',
  env: { TZ: 'UTC' },
  restoreMocks: true,
} as const;

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/**/*.long.test.ts'],
          testTimeout: 40_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // Whole processes, real time and faults on shared machines: once more tells a fault from a hiccup.
          retry: 1,
        },
      },
    ],
  },
});
