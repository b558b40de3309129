import { describe, expect, it } from 'vitest';
import { scene } from '../../../test/support/lab/scenes.ts';
import { checkFeasible } from './index.ts';

describe('a scenario', () => {
  it('is feasible where a static fleet at its largest serves nearly everything, whatever goes wrong in it and however few accelerators there are', () => {
    const faults = [{ kind: 'never-ready' as const, atSeconds: 0, variant: 'v' }];
    const found = checkFeasible(scene({ ratePerSecond: 10, scenario: { faults, accelerators: { A100: 2 } } }));
    expect(found).toMatchObject({ feasible: true, staticReplicas: 10 });
    expect(found.attainment).toBeGreaterThan(0.995);
    expect(found.why).toBeUndefined();
  });

  it('is refused where maxReplicas is too small, and told that more would help', () => {
    const found = checkFeasible(scene({ ratePerSecond: 30, variant: { maxReplicas: 2 } }));
    expect(found).toMatchObject({ feasible: false, staticReplicas: 2 });
    expect(found.why).toMatch(/^A generous static fleet, \d+ replicas of a variant, serves [\d.]+ % of the requests of some\/model within its SLOs, and 99.50 % are asked for. /);
    expect(found.why).toMatch(/P99 TTFT is .* s against 2 s.* 4 times as many replicas reach [\d.]+ %: raise maxReplicas \(or staticReplicas\), or lower the load/);
  });

  it('is judged by the fleet that it names where it names one', () => {
    expect(checkFeasible(scene({ ratePerSecond: 30, variant: { staticReplicas: 6 } }))).toMatchObject({ feasible: true, staticReplicas: 6 });
    expect(checkFeasible(scene({ ratePerSecond: 30, variant: { staticReplicas: 1 } }))).toMatchObject({ feasible: false, staticReplicas: 1 });
  });

  it('is refused where no number of replicas helps, and told so: long prompts beside short answers', () => {
    const found = checkFeasible(scene({ ratePerSecond: 5, model: { slo: { ttftSeconds: 2, tpotSeconds: 0.002 } } }));
    expect(found.feasible).toBe(false);
    expect(found.why).toContain('so it is not their number');
  });
});
