import { decide, planEmission } from '../../../src/decide/index.ts';
import { targetKey, type CycleRecord, type Decision, type Memory, type Observation } from '../../../src/model/index.ts';

/** Whole records are compared byte by byte in one of so many cycles: writing one down and planning what is emitted takes as long as some decisions. */
const wholeEvery = 5;

type Asked = Pick<CycleRecord, 'observation' | 'policy' | 'memory' | 'atMs'>;

/** A record that was written down is decided again to the same bytes, and what was told in another order to the same numbers. */
export function repetitionBreaches(record: CycleRecord, after: Memory): string[] {
  const { observation, policy, memory, atMs, decisions, emission } = record;
  const asked = JSON.parse(JSON.stringify({ observation, policy, memory, atMs })) as Asked;
  const again = decide(turned(asked.observation), asked.policy, asked.memory, atMs);
  const [told, found] = [decisions, again.decisions].map((of) => of.map(numbersOf).toSorted().join('\n'));
  const other = told === found ? [] : [`told in another order and from JSON, other numbers are decided: ${told} / ${found}`];
  if (Math.round(atMs / 5000) % wholeEvery !== 0 || bytesOf(asked) === JSON.stringify([decisions, emission, after])) return other;
  return [...other, 'from JSON other bytes are decided'];
}

function bytesOf({ observation, policy, memory, atMs }: Asked): string {
  const { decisions, memory: after } = decide(observation, policy, memory, atMs);
  return JSON.stringify([decisions, planEmission(observation, decisions, memory, atMs), after]);
}

function turned(observation: Observation): Observation {
  const variants = observation.variants.toReversed().map((variant) => ({ ...variant, replicas: variant.replicas.toReversed() }));
  return { ...observation, variants, ...(observation.models && { models: observation.models.toReversed() }), ...(observation.quotas && { quotas: observation.quotas.toReversed() }), ...(observation.inventory && { inventory: observation.inventory.toReversed() }) };
}

function numbersOf({ variant, desired, held, trail }: Decision): string {
  return `${variant.key} ${targetKey(variant)} ${desired} ${held} ${trail.map(({ from, to, reason }) => `${from}-${to} ${reason}`).join(' ')}`;
}
