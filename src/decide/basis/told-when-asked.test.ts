import { expect, it } from 'vitest';
import type { Decision, DecisionBasis } from '../../model/index.ts';
import { tellingWhenAsked } from './told-when-asked.ts';

const decided = { current: 3, held: false, reason: 'Steady', trail: [], conditions: [], load: {}, readyReplicas: 3 } as unknown as Decision;
const basis: DecisionBasis = { analyzer: 'percent', inputs: [] };

it('tells the basis once, and not before it is read', () => {
  let times = 0;
  const decision = tellingWhenAsked({ ...decided }, () => (times++, basis));
  expect(times).toBe(0);
  expect(decision.basis).toBe(basis);
  expect(decision.basis).toBe(basis);
  expect(times).toBe(1);
});

it('is a field like any other to who copies, compares, sends or writes the decision', () => {
  const [one, other] = [tellingWhenAsked({ ...decided }, () => basis), tellingWhenAsked({ ...decided }, () => ({ ...basis, analyzer: 'tokens' }))];
  expect({ ...one }).toEqual({ ...decided, basis });
  expect(one).toEqual({ ...decided, basis });
  expect(structuredClone(one)).toEqual({ ...decided, basis });
  expect(JSON.stringify(one)).toBe(JSON.stringify({ ...decided, basis }));
  expect(JSON.stringify(other)).not.toBe(JSON.stringify(one));
});
