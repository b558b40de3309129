import { defineConfig } from 'vitest/config';

// Tests on genuine components. Each file has a control plane of its own (about 1 GB, and a core while it starts)
// and several measure seconds, so the files run one after another.
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.cluster.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
