import { clamp } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { TokenShape } from './workload-spec.ts';

/** Draws whole tokens of a shape. */
export function tokenDrawer(shape: TokenShape, random: Random): () => number {
  const { mean, standardDeviation, lowest, highest } = shape;
  if (standardDeviation === 0) {
    const fixed = Math.round(clamp(mean, lowest, highest));
    return () => fixed;
  }
  if (shape.shape === 'normal') return () => Math.round(clamp(random.normal(mean, standardDeviation), lowest, highest));
  const variance = Math.log(1 + (standardDeviation / mean) ** 2);
  const location = Math.log(mean) - variance / 2;
  const scale = Math.sqrt(variance);
  return () => Math.round(clamp(Math.exp(random.normal(location, scale)), lowest, highest));
}
