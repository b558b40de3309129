import type { Random } from '../../runtime/index.ts';
import type { Arrival } from './arrival.ts';
import { rateReader, rateSegments } from './rate-curve.ts';
import type { RateSegment } from './rate-curve.ts';
import { prefixDrawer } from './shared-prefix.ts';
import type { Source } from './source.ts';
import { tokenDrawer } from './token-shape.ts';
import type { Drawn, DrawnLoad } from './workload-spec.ts';

/**
 * Requests whose rate follows a load. With chance, a Poisson process of exactly that rate: steps of a process of rate 1 are measured off on the area under the
 * rate (time change; Cinlar, Introduction to Stochastic Processes, 1975), which draws nothing that is thrown away as thinning does.
 */
export function drawnSource(spec: DrawnLoad & Drawn, random: Random, firstPrefix: number): Source {
  const chance = random.fork('arrivals');
  const tokens = random.fork('tokens');
  const nextMs = arrivalTimes(rateSegments(spec, random), spec.arrivals === 'even' ? () => 1 : () => chance.exponential(1));
  const prompt = tokenDrawer(spec.prompt, tokens);
  const output = tokenDrawer(spec.output, tokens);
  const { sharedPrefix } = spec;
  const prefix = sharedPrefix === undefined ? undefined : prefixDrawer(sharedPrefix, random.fork('prefixes'), firstPrefix);

  return {
    prefixes: sharedPrefix?.prefixes ?? 0,
    offeredPerSecond: rateReader(spec, random),
    next(): Arrival | undefined {
      const atMs = nextMs();
      if (atMs === undefined) return undefined;
      const promptTokens = prompt();
      const generationTokens = output();
      const shared = prefix?.(promptTokens);
      return shared === undefined ? { atMs, promptTokens, generationTokens } : { atMs, promptTokens, generationTokens, prefix: shared };
    },
  };
}

/** The times at which the area under the rate (in requests) has grown by another `step()`. */
function arrivalTimes(segments: Iterator<RateSegment, undefined>, step: () => number): () => number | undefined {
  let segment = segments.next().value;
  let offsetMs = 0;
  return () => {
    let missing = step();
    while (segment !== undefined) {
      const { fromMs, untilMs, fromPerSecond, toPerSecond } = segment;
      const slope = (toPerSecond - fromPerSecond) / (untilMs - fromMs);
      const rate = fromPerSecond + slope * offsetMs;
      const area = ((untilMs - fromMs - offsetMs) * (rate + toPerSecond)) / 2000;
      if (missing < area) {
        // root of rate × t + slope × t² / 2 = missing, in the form that loses no digits when the slope is small
        offsetMs += (2000 * missing) / (rate + Math.sqrt(Math.max(0, rate ** 2 + 2000 * slope * missing)));
        return fromMs + offsetMs;
      }
      missing -= area;
      offsetMs = 0;
      segment = segments.next().value;
    }
    return undefined;
  };
}
