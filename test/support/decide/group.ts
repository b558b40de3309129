import { namesOf, type Group } from '../../../src/decide/analyze/group.ts';
import { supplyOf } from '../../../src/decide/analyze/supply.ts';
import { recall } from '../../../src/decide/recall.ts';
import { emptyMemory, type Policy } from '../../../src/model/index.ts';
import { noonMs, sceneOf, times, type VariantSketch } from './scene.ts';

/** A variant of a group: so many replicas that serve, what one of them carries, what it costs an hour, and its bounds. */
export interface MemberSketch extends Pick<VariantSketch, 'name' | 'cost' | 'min' | 'max'> {
  readonly count: number;
  readonly carries: number;
}

/** The variants of one model as the stages after analysing meet them, each with what the analyzer says that one replica carries. */
export function groupOf(sketches: readonly MemberSketch[], policy: Policy): Group {
  const scene = sceneOf(sketches.map((sketch) => ({ ...sketch, replicas: times(sketch.count, { kv: 0.5, queue: 0 }) })));
  const members = scene.variants.map((seen, index) => {
    const { variant } = seen;
    const { target } = namesOf(variant);
    const recalled = recall(seen, target, emptyMemory);
    return { seen, variant, policy, scheduled: undefined, target, recalled, supply: supplyOf(seen, recalled, policy, noonMs), avoidance: undefined, weight: sketches[index]?.carries ?? 0 };
  });
  return { work: 'both prod/llama', stage: 'all', policy, thresholds: policy.saturation, members };
}
