import type { Decision, DecisionBasis } from '../../model/index.ts';

const tellers = new WeakMap<Decision, () => DecisionBasis>();
const told = new WeakMap<Decision, DecisionBasis>();

/** One getter for all decisions: objects with getters of their own have no common shape, and are twenty times as slow to make. */
const whenAsked: PropertyDescriptor & ThisType<Decision> = {
  enumerable: true,
  get() {
    let basis = told.get(this);
    if (basis === undefined) told.set(this, (basis = tellers.get(this)?.() as DecisionBasis));
    return basis;
  },
};

/**
 * The decision with the basis that `teller` tells, put into data when somebody reads it: few of the three thousand of a cycle are ever read, and to write them all down took a sixth of a decision.
 * Whoever compares it, copies it or writes it as JSON finds a field like any other. What it rests on is immutable, so that it is the same whenever it is read.
 */
export function tellingWhenAsked(decision: Decision, teller: () => DecisionBasis): Decision {
  tellers.set(decision, teller);
  return Object.defineProperty(decision, 'basis', whenAsked);
}
