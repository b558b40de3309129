import type { DecodeGroup } from './decode-group.ts';
import type { Histogram } from './histogram.ts';
import type { Sequence } from './sequence.ts';

/**
 * What clients wait between tokens. All that decoded in the last iteration of the group had their last token when it ended; those that have joined
 * since then had theirs when their prompt was through.
 */
export interface TokenGaps {
  /** Its prompt is through, for the first time or again: it has just had a token. */
  joined(sequence: Sequence, atMs: number): void;
  /** It was in the group until now, and will have its next token after a while. */
  interrupted(sequence: Sequence): void;
  /** It has left for good. */
  left(sequence: Sequence): void;
  /** Iterations of the group that began at `startMs`: the first took `firstMs`, each one after it `stepMs` more. Before the group advances. */
  ran(startMs: number, firstMs: number, stepMs: number, iterations: number, endMs: number): void;
}

export function createTokenGaps(group: DecodeGroup, interToken: Histogram): TokenGaps {
  let joiners: Sequence[] = [];
  let groupTokenAtMs = 0;

  function left(sequence: Sequence): boolean {
    const at = joiners.indexOf(sequence);
    if (at !== -1) joiners.splice(at, 1);
    return at !== -1;
  }

  return {
    joined(sequence, atMs) {
      if (sequence.generated > 1) interToken.observe((atMs - sequence.lastTokenAtMs) / 1000);
      sequence.lastTokenAtMs = atMs;
      joiners.push(sequence);
    },
    interrupted(sequence) {
      if (!left(sequence)) sequence.lastTokenAtMs = groupTokenAtMs;
    },
    left(sequence) {
      left(sequence);
    },
    ran(startMs, firstMs, stepMs, iterations, endMs) {
      const firstEndMs = iterations === 1 ? endMs : startMs + firstMs;
      const others = group.size() - joiners.length;
      if (others > 0) interToken.observe((firstEndMs - groupTokenAtMs) / 1000, others);
      for (const sequence of joiners) interToken.observe((firstEndMs - sequence.lastTokenAtMs) / 1000);
      if (joiners.length > 0) joiners = [];
      if (iterations > 1) interToken.observeSeries((firstMs + stepMs) / 1000, stepMs / 1000, iterations - 1, group.size());
      groupTokenAtMs = endMs;
    },
  };
}
