export { localNames, sourceOf } from './config-maps.ts';
export { optionsFrom, optionTable } from './options.ts';
export { readPolicy, type PolicyReading, type PolicySource } from './policy.ts';
export { defaultText, policyFields, valueAt } from './policy-fields.ts';
export { sourcesInText } from './policy-text.ts';
export { explainPolicy, writtenPolicy, type Explained } from './print-policy.ts';
export { translatedKeys } from './saturation-entries.ts';
export type { Options } from './settings.ts';
export type { PolicyProblem } from './written.ts';
