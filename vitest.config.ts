import { defineConfig } from 'vitest/config';

// `npm test` runs everything that needs nothing but Node. The cluster suite, which needs genuine
// Kubernetes and Prometheus binaries, has a configuration of its own (vitest.cluster.config.ts).
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/{wire,scenario,golden,seeds,e2e,docs}/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    restoreMocks: true,
  },
});
