export { accelerators } from './accelerator.ts';
export type { Accelerator } from './accelerator.ts';
export type { ModelGeometry } from './model-geometry.ts';
export type { NamedProfile } from './named-profile.ts';
export { profileFrom } from './profile-from.ts';
export { findProfile, servingProfiles } from './serving-profiles.ts';
