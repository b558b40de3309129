import type { NamedProfile } from './named-profile.ts';

/** The profiles that are shipped. */
export const servingProfiles: readonly NamedProfile[] = [];

/** The shipped profile of a name. */
export function findProfile(name: string): NamedProfile | undefined {
  return servingProfiles.find((profile) => profile.name === name);
}
