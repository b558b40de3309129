import type { ServingProfile } from '../serving/profile.ts';

/** Where a number of a profile comes from. */
export interface Provenance {
  /** Key of the serving profile, or `acceleratorsPerReplica`. */
  readonly field: string;
  readonly value: number;
  /** `published`: read off somewhere. `geometry`: counted from the model's or the accelerator's sheet. `measured`: by us. `derived`: by a formula from others. */
  readonly from: 'published' | 'geometry' | 'measured' | 'derived';
  /** The source, or the formula with its numbers. */
  readonly source: string;
  /** How far to trust it, in words: what it may be off by. */
  readonly trust: string;
}

/** A model on an accelerator with a tensor parallelism: what a scenario's variant names. */
export interface NamedProfile {
  readonly name: string;
  readonly serving: ServingProfile;
  readonly acceleratorsPerReplica: number;
  /** Of one replica. */
  readonly costPerHour: number;
  readonly provenance: readonly Provenance[];
}
