import type { Random } from '../../runtime/index.ts';
import type { Arrival } from './arrival.ts';
import type { SharedPrefix } from './workload-spec.ts';

/** Draws the shared beginning of a prompt, or none. A prompt that is shorter than the text begins with as much of it as it has. */
export function prefixDrawer(shared: SharedPrefix, random: Random, firstId: number): (promptTokens: number) => Arrival['prefix'] {
  const upTo = new Float64Array(shared.prefixes);
  let total = 0;
  for (let rank = 1; rank <= shared.prefixes; rank++) {
    total += rank ** -shared.zipfExponent;
    upTo[rank - 1] = total;
  }
  return (promptTokens) => {
    if (random.next() >= shared.share) return undefined;
    const point = random.next() * total;
    let [low, high] = [0, shared.prefixes - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (point < (upTo[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return { id: firstId + low, tokens: Math.min(shared.tokens, promptTokens) };
  };
}
