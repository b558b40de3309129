export { optionsFrom, optionTable, type OptionProblem, type OptionRow } from './options.ts';
export type { Options } from './settings.ts';
export { policyFromConfigMaps, type PolicyProblem } from './policy.ts';
export { ineffectiveKeys, policyFields } from './policy-fields.ts';
