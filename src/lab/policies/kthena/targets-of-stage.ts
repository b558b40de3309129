import type { StageVariant } from '../../stage/policy-stage.ts';

/** Variants that one target of a policy scales together: those of a model with the same role, in the scenario's order. */
export function targetsOf(variants: readonly StageVariant[]): readonly (readonly StageVariant[])[] {
  const targets = new Map<string, StageVariant[]>();
  for (const variant of variants) {
    const key = `${variant.key.slice(0, variant.key.indexOf('/'))}/${variant.variant.role}`;
    targets.set(key, [...(targets.get(key) ?? []), variant]);
  }
  return [...targets.values()];
}
