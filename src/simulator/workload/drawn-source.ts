import type { Random } from '../../runtime/index.ts';
import { arrivalTimes } from './arrival-times.ts';
import type { Arrival } from './arrival.ts';
import { rateReader, rateSegments } from './rate-curve.ts';
import { prefixDrawer } from './shared-prefix.ts';
import type { Source } from './source.ts';
import { tokenDrawer } from './token-shape.ts';
import type { Drawn, DrawnLoad } from './workload-spec.ts';

/** Requests whose rate follows a load, with lengths drawn by chance. */
export function drawnSource(spec: DrawnLoad & Drawn, random: Random, firstPrefix: number): Source {
  const tokens = random.fork('tokens');
  const nextMs = arrivalTimes(rateSegments(spec, random), spec.arrivals, random.fork('arrivals'));
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
