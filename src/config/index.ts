export type { BindAddress } from './kinds.ts';
export { optionsFrom, optionTable, type OptionProblem, type OptionRow, type OptionsResult } from './options.ts';
export type { Options } from './settings.ts';
export { policyFromConfigMaps, type PolicyProblem, type PolicyResult } from './policy.ts';
export { ineffectiveKeys, policyFields, type PolicyField } from './policy-fields.ts';
