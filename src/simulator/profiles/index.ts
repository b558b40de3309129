export { a100, h100, l40s, mi300x } from './accelerator.ts';
export type { Accelerator, Sourced } from './accelerator.ts';
export { llama31With70b, llama31With8b, qwen3With32b } from './model-geometry.ts';
export type { ModelGeometry } from './model-geometry.ts';
export type { NamedProfile, Provenance } from './named-profile.ts';
export { profileFrom } from './profile-from.ts';
export type { ProfileOptions } from './profile-from.ts';
export { findProfile, servingProfiles } from './serving-profiles.ts';
