export type { Claim } from './claim.ts';
export { validate, type ClaimGroup, type ValidateOptions } from './validate.ts';
