export type { Claim } from './claim.ts';
export { validate, type ClaimGroup } from './validate.ts';
