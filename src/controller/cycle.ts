import type { Actuator } from '../act/index.ts';
import { decide, planEmission } from '../decide/index.ts';
import type { CycleRecord, Memory, PolicySet } from '../model/index.ts';
import type { Observer } from '../observe/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { Look } from './pace.ts';

export interface CycleRooms {
  readonly observer: Pick<Observer, 'snapshot' | 'observe'>;
  readonly actuator: Actuator;
  readonly clock: Clock;
}

/**
 * Look, decide, act: one cycle, and the record that is enough to decide it again.
 *
 * @param remembered What is remembered when the look is over: others may have been decided meanwhile.
 */
export async function runCycle(
  { observer, actuator, clock }: CycleRooms,
  policy: PolicySet,
  remembered: (looking: Promise<unknown>) => Promise<Memory>,
  signal: AbortSignal,
  look: Look = 'whole',
): Promise<{ record: CycleRecord; memory: Memory }> {
  const looking = observer.observe(policy.global, signal, look);
  const before = await remembered(looking.catch(() => {}));
  const observation = await looking;
  // a look that was cut short by losing the lease must not be acted on: somebody else leads now
  signal.throwIfAborted();
  const atMs = clock.now();
  const { decisions, memory } = decide(observation, policy, before, atMs);
  const emission = planEmission(observation, decisions, before, atMs, policy);
  await actuator.perform(emission, observation, signal);
  return { record: { atMs, observation, policy, memory: before, decisions, emission }, memory };
}
