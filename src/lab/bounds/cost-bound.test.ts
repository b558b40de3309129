import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestMix } from './cheapest-mix.ts';
import { leastCost } from './cost-bound.ts';

const cheap = { carries: 1, costPerHour: 3, minReplicas: 1, maxReplicas: 4 };
const dear = { carries: 4, costPerHour: 10, minReplicas: 0, maxReplicas: 4 };

describe('the least cost', () => {
  it('is the floor where there is no load', () => {
    expect(leastCost([cheap, dear], [{ seconds: 7200, load: 0 }], 1)).toBeCloseTo(6);
  });

  it('buys what is cheapest per load first, fractions included', () => {
    // one cheap replica carries 1; 6 more at 2.5 each from the dear one
    expect(leastCost([cheap, dear], [{ seconds: 3600, load: 7 }], 1)).toBeCloseTo(3 + 15);
  });

  it('misses where it is dearest', () => {
    // 17 = 1 + 16 by the dear ones; then 2 at 3 by cheap ones in the second hour. A tenth of 17 + 19 is 3.6: the two at 3 first, 1.6 at 2.5 then
    const spans = [{ seconds: 3600, load: 17 }, { seconds: 3600, load: 19 }];
    expect(leastCost([cheap, dear], spans, 1)).toBeCloseTo(6 + 80 + 6);
    expect(leastCost([cheap, dear], spans, 0.9)).toBeCloseTo(6 + 80 - 1.6 * 2.5);
  });

  it('is never above what any whole plan costs that serves as much', () => {
    const option = fc.record({
      carries: fc.double({ min: 0.2, max: 5, noNaN: true }), costPerHour: fc.double({ min: 0.5, max: 20, noNaN: true }),
      minReplicas: fc.integer({ min: 0, max: 2 }), maxReplicas: fc.integer({ min: 2, max: 6 }),
    });
    const span = fc.record({ seconds: fc.integer({ min: 60, max: 3600 }), load: fc.double({ min: 0, max: 20, noNaN: true }), skipped: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(option, { minLength: 1, maxLength: 3 }), fc.array(span, { minLength: 1, maxLength: 8 }), (options, spans) => {
        let money = 0;
        let served = 0;
        let came = 0;
        for (const { seconds, load, skipped } of spans) {
          const counts = cheapestMix(options, load * (1 - skipped));
          money += (seconds / 3600) * options.reduce((total, { costPerHour }, index) => total + costPerHour * (counts[index] ?? 0), 0);
          served += seconds * Math.min(load * (1 - skipped), options.reduce((total, { carries }, index) => total + carries * (counts[index] ?? 0), 0));
          came += seconds * load;
        }
        expect(leastCost(options, spans, came === 0 ? 1 : served / came)).toBeLessThanOrEqual(money + 1e-6);
      }),
    );
  });
});
