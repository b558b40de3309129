export type { NamedProfile, Provenance } from './named-profile.ts';
export { findProfile, servingProfiles } from './serving-profiles.ts';
