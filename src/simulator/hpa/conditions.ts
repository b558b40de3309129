import type { Condition } from '../../wire/index.ts';

/** The conditions with one set anew; its time changes only when its status does, and order is that of first appearance. */
export function withCondition(
  conditions: readonly Condition[],
  set: Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string },
  now: string,
): readonly Condition[] {
  const old = conditions.find(({ type }) => type === set.type);
  if (old === undefined) return [...conditions, { ...set, lastTransitionTime: now }];
  const lastTransitionTime = old.status === set.status ? (old.lastTransitionTime ?? now) : now;
  return conditions.map((condition) => (condition === old ? { ...set, lastTransitionTime } : condition));
}
