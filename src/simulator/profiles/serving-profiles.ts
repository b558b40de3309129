import { a100, h100, l40s, mi300x } from './accelerator.ts';
import { llama31With70b, llama31With8b, qwen3With32b } from './model-geometry.ts';
import type { NamedProfile } from './named-profile.ts';
import { profileFrom } from './profile-from.ts';

/** The profiles that are shipped; docs/reference/profiles.md says where every number comes from. */
export const servingProfiles: readonly NamedProfile[] = [
  profileFrom({ name: 'qwen3-32b-h100-tp2', model: qwen3With32b, accelerator: h100, tensorParallelism: 2 }),
  profileFrom({ name: 'llama-3.1-8b-a100', model: llama31With8b, accelerator: a100, tensorParallelism: 1 }),
  profileFrom({ name: 'llama-3.1-8b-l40s', model: llama31With8b, accelerator: l40s, tensorParallelism: 1 }),
  profileFrom({ name: 'llama-3.1-8b-h100', model: llama31With8b, accelerator: h100, tensorParallelism: 1 }),
  profileFrom({ name: 'llama-3.1-8b-mi300x', model: llama31With8b, accelerator: mi300x, tensorParallelism: 1 }),
  profileFrom({ name: 'llama-3.1-70b-h100-tp4', model: llama31With70b, accelerator: h100, tensorParallelism: 4 }),
];

/** The shipped profile of a name. */
export function findProfile(name: string): NamedProfile | undefined {
  return servingProfiles.find((profile) => profile.name === name);
}
