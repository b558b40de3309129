export { conclude, type Conclusion } from './conclude.ts';
export { decide, memoryOf, type Outcome } from './decide.ts';
export { planEmission } from './emit/emission.ts';
export { seriesFromStatus } from './emit/series.ts';
export { independentGroups } from './independent-groups.ts';
