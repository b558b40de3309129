import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf, scene, script } from '../../../test/support/lab/scenes.ts';
import type { ExperimentScenario, ScenarioFault } from '../scenario/index.ts';
import { runExperiment } from './index.ts';

const seconds = fc.integer({ min: 0, max: 300 });
const span = fc.record({ atSeconds: seconds, lasts: fc.integer({ min: 1, max: 120 }) }).map(({ atSeconds, lasts }) => ({ atSeconds, untilSeconds: atSeconds + lasts }));
const fault: fc.Arbitrary<ScenarioFault> = fc.oneof(
  span.map((of) => ({ kind: 'never-ready' as const, ...of, variant: 'v' })),
  fc.tuple(span, fc.double({ min: 0.5, max: 8, noNaN: true })).map(([of, factor]) => ({ kind: 'slow' as const, ...of, variant: 'v', factor })),
  fc.tuple(span, fc.integer({ min: 1, max: 3 })).map(([of, pods]) => ({ kind: 'node-lost' as const, ...of, variant: 'v', pods })),
  fc.tuple(span, fc.constantFrom('lost', 'late', 'frozen', 'partial', 'lying'))
    .map(([of, how]) => ({ kind: 'metrics' as const, ...of, how, of: 'all' as const, seconds: 45, share: 0.5, factor: 2 })),
);

const world = fc.record({
  seed: fc.nat(1e6),
  ratePerSecond: fc.double({ min: 0.1, max: 25, noNaN: true }),
  faults: fc.array(fault, { maxLength: 4 }),
  roles: fc.boolean(),
  accelerators: fc.option(fc.integer({ min: 4, max: 8 }), { nil: undefined }),
  grace: fc.constantFrom(0, 2, 600),
  patience: fc.constantFrom(3, 30, 900),
  policy: fc.constantFrom('least-loaded', 'round-robin', 'scored'),
  flowControl: fc.boolean(),
  scales: fc.array(fc.record({ atSeconds: seconds, to: fc.integer({ min: 0, max: 9 }), second: fc.boolean() }), { maxLength: 12 }),
});

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function scenarioOf({ ratePerSecond, faults, roles, accelerators, grace, patience, policy, flowControl }: World): ExperimentScenario {
  const variant = {
    name: 'v', profile: 'llama-3.1-8b-a100', minReplicas: 0, maxReplicas: 9, initialReplicas: 2,
    startup: { meanSeconds: 20, standardDeviationSeconds: 10 }, terminationGraceSeconds: grace,
  };
  const variants = roles
    ? [{ ...variant, role: 'prefill' as const }, { ...variant, name: 'w', role: 'decode' as const }]
    : [variant, { ...variant, name: 'w', profile: 'llama-3.1-8b-l40s' }];
  const model = modelOf({ ratePerSecond, model: { variants, timeoutSeconds: patience, router: { policy, flowControl } } });
  return scene({ scenario: { durationSeconds: 300, faults, models: [model], ...(accelerators !== undefined && { accelerators: { A100: accelerators } }) } });
}

// Every run asserts its own conservation: requests end once, tokens are those of the answers, KV blocks are free again, pods cost as long as they are there.
describe('random worlds', () => {
  it('lose nothing and make nothing, whatever is scaled and whatever goes wrong', () => {
    let failed = 0;
    fc.assert(
      fc.property(world, (of) => {
        const policy = script((stage) => {
          const telemetry = stage.scrape({ enginesMs: 15_000, routerMs: 5000 });
          stage.every(20_000, () => telemetry.quantile(0.9, 'ttft', { model: 0 }, 60_000));
          for (const { atSeconds, to, second } of of.scales) {
            const variant = second ? '0/w' : '0/v';
            stage.after(atSeconds * 1000, () => stage.scale({ variant, from: stage.replicas(variant).spec, to, why: 'by chance' }));
          }
        });
        const { scores } = runExperiment({ scenario: scenarioOf(of), policy, seed: of.seed, capacities: { '0/v': 7, '0/w': 4 }, timeline: true });
        expect(scores.completed + scores.failed).toBe(scores.requests);
        expect(scores.averageReplicas * scores.episodeSeconds).toBeLessThanOrEqual(scores.replicaHours * 3600 + 1e-6);
        expect(scores.reversals).toBeLessThanOrEqual(scores.changes);
        failed += scores.failed;
      }),
      { numRuns: 60 },
    );
    // the worlds are hard enough that something is lost in them
    expect(failed).toBeGreaterThan(100);
  });
});
