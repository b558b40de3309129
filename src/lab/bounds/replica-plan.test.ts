import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReplicas, type PlanStep } from './replica-plan.ts';

function askedAt(steps: readonly PlanStep[], atSeconds: number): number {
  return steps.findLast((step) => step.atSeconds <= atSeconds)?.replicas ?? 0;
}

describe('a plan', () => {
  it('asks a start-up time ahead, and bridges a pause that is shorter than one', () => {
    //             0  10 20 30 40 50 60 70 80 90 100
    const need = [1, 1, 1, 1, 2, 2, 1, 2, 1, 1, 1];
    expect(planReplicas(need, 10, 25, 1)).toEqual([{ atSeconds: 0, replicas: 1 }, { atSeconds: 15, replicas: 2 }, { atSeconds: 80, replicas: 1 }, { atSeconds: 110, replicas: 0 }]);
  });

  it('lets go over a long pause, and starts again in time', () => {
    const need = [2, 1, 1, 1, 1, 1, 2];
    expect(planReplicas(need, 10, 20, 2)).toEqual([{ atSeconds: 0, replicas: 2 }, { atSeconds: 10, replicas: 1 }, { atSeconds: 40, replicas: 2 }, { atSeconds: 70, replicas: 0 }]);
  });

  it('keeps what is there at the start when it is needed before another could be ready', () => {
    expect(planReplicas([0, 1, 1], 10, 30, 1)).toEqual([{ atSeconds: 0, replicas: 1 }, { atSeconds: 30, replicas: 0 }]);
  });

  it('has asked for all that is needed a start-up time before, whatever is needed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }), (need, leadBins, initial) => {
        const steps = planReplicas(need, 10, leadBins * 10, initial);
        for (const [bin, replicas] of need.entries()) {
          // from the moment on at which a new pod had to be asked for until the bin ends, unless it was there from the start
          for (let before = Math.max(0, bin - leadBins); before <= bin; before++) {
            expect(askedAt(steps, before * 10)).toBeGreaterThanOrEqual(replicas);
          }
        }
        for (const [index, step] of steps.entries()) expect(step.atSeconds).toBeGreaterThan(steps[index - 1]?.atSeconds ?? -1);
      }),
    );
  });
});
