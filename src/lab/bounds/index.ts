export type { MixOption } from './cheapest-mix.ts';
export { clairvoyantCurve } from './clairvoyant.ts';
export { leastCost } from './cost-bound.ts';
export { leastPrices, secondsOf, workOf, type EngineWork, type WorkPrices } from './engine-time.ts';
export { evenWork } from './even-work.ts';
export { createHeaviest, type Heaviest } from './heaviest.ts';
export { informedRules } from './informed.ts';
