export { optionsFrom, optionTable } from './options.ts';
export type { Options } from './settings.ts';
export { policyFromConfigMaps, type PolicyProblem } from './policy.ts';
export { ineffectiveKeys, policyFields } from './policy-fields.ts';
