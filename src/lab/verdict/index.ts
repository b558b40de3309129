export type { BetterPolicy } from './better-policies.ts';
export { oneVariantScenarios } from './one-variant.ts';
export { judgedPolicy, playedScenarios, type PlayedScenario } from './played.ts';
export { goesSilent, playSilence, promptHoldSeconds, type Silence } from './silence.ts';
export type { MixCost, OneVariantResult } from './two-accelerators.ts';
export { demands, judge, type InformedShare, type ScenarioVerdict, type Verdict } from './verdict.ts';
