import { describe } from 'vitest';
import { findComponents, type ComponentName } from './components.ts';

/** What every test of the cluster suite needs. */
export const controlPlaneParts: readonly ComponentName[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];
/** And what the journeys through Prometheus and its adapter need besides. */
export const metricsParts: readonly ComponentName[] = ['prometheus', 'prometheus-adapter'];

/**
 * A `describe` for tests on genuine components. Where one is absent the tests are skipped under a title that
 * names it; with CI=true its absence is a failure, so that no one takes a skipped suite for a passed one.
 */
export function describeGenuine(title: string, needed: readonly ComponentName[], tests: () => void): void {
  const missing = needed.filter((name) => findComponents().missing.includes(name));
  if (missing.length === 0) {
    describe(title, tests);
    return;
  }
  const reason = `absent: ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') {
    describe(title, (it) => {
      it(`needs its components (${reason})`, () => {
        throw new Error(`In CI the genuine components must be there; ${reason}. Run \`npm run cluster:build\`; etcd is the package etcd-server.`);
      });
    });
    return;
  }
  console.warn(`skipped: ${title} (${reason})`);
  describe.skip(`${title} (${reason})`, tests);
}
