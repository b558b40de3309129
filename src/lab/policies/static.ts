import { defineLaw } from './law.ts';
import type { PolicyKind } from './law.ts';

/**
 * A fleet that never changes. In a scenario with several variants each gets as many, and never more or fewer than its bounds.
 *
 * @param replicas Of every variant.
 */
export function staticFleet(replicas: number): PolicyKind {
  return defineLaw({
    name: `static-${replicas}`,
    family: 'static',
    title: `always ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
    source: 'No autoscaler: what the published ramp is compared with ("static 8").',
    formula: ['replicas = clip(n, minReplicas, maxReplicas)'],
    assumed: ['The pods beyond those that the scenario begins with are asked for when the load begins, and need their start-up time.'],
    settings: { replicas },
    meaning: { replicas: 'replicas of every variant' },
    begin(stage, settings) {
      for (const { key, variant } of stage.variants) {
        const from = stage.replicas(key).spec;
        const to = Math.min(Math.max(settings.replicas, variant.minReplicas), variant.maxReplicas);
        stage.scale({ variant: key, from, to, why: `always ${to}` });
      }
    },
  });
}
