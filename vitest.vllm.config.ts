import { defineConfig } from 'vitest/config';

// The product in front of a genuine vLLM on this machine's processor. Real time: a server takes up to a minute to start, and
// load has to run for a while before rates mean anything.
export default defineConfig({
  test: {
    include: ['test/vllm/**/*.vllm.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
