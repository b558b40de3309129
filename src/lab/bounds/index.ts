export type { MixOption } from './cheapest-mix.ts';
export { clairvoyantCurve } from './clairvoyant.ts';
export { leastCost, type LoadSpan } from './cost-bound.ts';
export { carryingOf } from './known-load.ts';
