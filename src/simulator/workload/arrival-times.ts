import type { Random } from '../../runtime/index.ts';
import type { RateSegment } from './rate-curve.ts';
import type { Drawn } from './workload-spec.ts';

/** Where the next arrival is, in requests after the one before: the area under the rate between the two. */
interface Steps {
  /** A segment of `area` requests begins. */
  enter(area: number): void;
  /** `undefined` when this segment has no more. */
  next(areaLeft: number): number | undefined;
}

/**
 * Arrival times under a rate. They are measured off on the area under it: steps of a process of rate 1 there are a Poisson process of exactly this rate
 * (time change; Cinlar, Introduction to Stochastic Processes, 1975), and nothing is drawn that is thrown away, as thinning does.
 */
export function arrivalTimes(segments: Iterator<RateSegment, undefined>, arrivals: Drawn['arrivals'], random: Random): () => number | undefined {
  const steps = arrivals === 'counted' ? countedSteps(random) : carriedSteps(arrivals === 'even' ? () => 1 : () => random.exponential(1));
  let segment: RateSegment | undefined;
  let area = 0;
  let used = 0;

  function enter(): void {
    segment = segments.next().value;
    if (segment === undefined) return;
    area = areaOf(segment);
    used = 0;
    steps.enter(area);
  }

  enter();
  return () => {
    while (segment !== undefined) {
      const step = steps.next(area - used);
      if (step !== undefined) {
        used += step;
        return segment.fromMs + offsetMs(segment, used);
      }
      enter();
    }
    return undefined;
  };
}

/** Steps that go on over the end of a segment. */
function carriedSteps(draw: () => number): Steps {
  let missing = draw();
  return {
    enter() {},
    next(areaLeft) {
      if (missing >= areaLeft) {
        missing -= areaLeft;
        return undefined;
      }
      const step = missing;
      missing = draw();
      return step;
    },
  };
}

/** As many in every segment as its area says, anywhere in it: each is the first of so many that are drawn evenly from what is left. */
function countedSteps(random: Random): Steps {
  let owed = 0;
  let left = 0;
  return {
    enter(area) {
      owed += area;
      left = Math.max(0, Math.round(owed));
      owed -= left;
    },
    next(areaLeft) {
      if (left === 0) return undefined;
      const step = areaLeft * (1 - (1 - random.next()) ** (1 / left));
      left--;
      return step;
    },
  };
}

/** Requests of a segment. */
function areaOf({ fromMs, untilMs, fromPerSecond, toPerSecond }: RateSegment): number {
  return ((untilMs - fromMs) * (fromPerSecond + toPerSecond)) / 2000;
}

/** How far into the segment so many requests have come: root of rate × t + slope × t² / 2 = used, in the form that loses no digits when the slope is small. */
function offsetMs({ fromMs, untilMs, fromPerSecond, toPerSecond }: RateSegment, used: number): number {
  const slope = (toPerSecond - fromPerSecond) / (untilMs - fromMs);
  return (2000 * used) / (fromPerSecond + Math.sqrt(Math.max(0, fromPerSecond ** 2 + 2000 * slope * used)));
}
