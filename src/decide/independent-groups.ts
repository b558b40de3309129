import { modelKey, targetKey, type Variant } from '../model/index.ts';

/**
 * Splits variants into groups that know nothing of each other: what is decided about one, and what is remembered of it, is the same whether the
 * others are looked at or not. Keys of each group in the order in which they came, groups by their first.
 *
 * Variants are tied to each other by a model and by a target, and by whatever ties those in turn. One without a model may turn out to
 * serve any of its namespace once its engine names it, so it ties all of that namespace. What is scarce ties all variants (`hasQuotas` of a policy, and the quotas and the
 * inventory of an observation): whoever decides under such limits decides about all of them together.
 */
export function independentGroups(variants: readonly Variant[]): readonly (readonly string[])[] {
  const nameless = new Set(variants.filter(({ modelID }) => modelID === '').map(({ namespace }) => namespace));
  const groupOf = new Map<string, Set<string>>();
  const groups = new Set<Set<string>>();
  for (const variant of variants) {
    const ties = tiesOf(variant, nameless);
    const tied = [...new Set(ties.flatMap((tie) => groupOf.get(tie) ?? []))];
    const group = tied[0] ?? new Set<string>();
    groups.add(group);
    group.add(variant.key);
    for (const tie of ties) groupOf.set(tie, group);
    for (const other of tied.slice(1)) {
      for (const key of other) group.add(key);
      groups.delete(other);
      for (const [tie, of] of groupOf) if (of === other) groupOf.set(tie, group);
    }
  }
  const place = new Map(variants.map(({ key }, index) => [key, index]));
  const placeOf = (key: string): number => place.get(key) ?? 0;
  return [...groups].map((group) => [...group].toSorted((a, b) => placeOf(a) - placeOf(b))).toSorted(([a = ''], [b = '']) => placeOf(a) - placeOf(b));
}

function tiesOf(variant: Variant, nameless: ReadonlySet<string>): readonly string[] {
  const { namespace } = variant;
  return [nameless.has(namespace) ? `namespace ${namespace}` : `model ${modelKey(variant)}`, `target ${targetKey(variant)}`];
}
