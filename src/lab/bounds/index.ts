export { cheapestMix, type MixOption } from './cheapest-mix.ts';
export { clairvoyant, clairvoyantCurve, type ClairvoyantSettings } from './clairvoyant.ts';
export { leastCost, type LoadSpan } from './cost-bound.ts';
export { leastCostCurve, type BoundPoint } from './least-cost-curve.ts';
