export { cheapestMix, type MixOption } from './cheapest-mix.ts';
export { clairvoyant, clairvoyantCurve, type ClairvoyantSettings } from './clairvoyant.ts';
export { leastCost, type LoadSpan } from './cost-bound.ts';
export { carryingOf, type Carrying, type MeanShape } from './known-load.ts';
