import { freshValue } from '../../../model/index.ts';
import { isStuck, usableAtMost } from '../../optimize/most.ts';
import type { Group, Member, Stage } from '../group.ts';
import { bestOf, type Best } from './laws.ts';
import type { Seen } from './see.ts';

/** What the servers tell that do the other stage of the same requests. */
export interface OtherStage {
  readonly stage: Stage;
  /** Requests per second that it shows; absent where nobody tells. */
  readonly perSecond: number | undefined;
  /** Requests per second that it passes at the most, with all replicas that it may have; infinite where that is not known. */
  readonly most: number;
  /** Requests that wait there and will come here. */
  readonly ahead: number;
  /** The law that most is known of. */
  readonly best: Best | undefined;
}

/** A law that was seen for so many minutes is good enough to hold the other stage back by. */
const windowsUntilKnown = 3;

/** @param group With what there is found to be room for. */
export function otherStageOf({ stage, members }: Group, { known, load }: Seen): OtherStage {
  let waiting = 0;
  let mayWait = 0;
  let passed = 0;
  let most = 0;
  for (const [index, { limits, guessed, law }] of known.entries()) {
    const member = members[index] as Member;
    for (const { readings } of member.supply.serving) {
      waiting += freshValue(readings.waiting) ?? 0;
      passed += freshValue(readings.completionsPerSecond) ?? 0;
    }
    mayWait += (limits?.queue ?? 0) * member.supply.ready;
    const count = usableAtMost(member, member.variant.mode !== 'paused' && !isStuck(member));
    if (count === 0) continue;
    most += limits === undefined || guessed || (law?.windows ?? 0) < windowsUntilKnown ? Infinity : count * limits.perSecond;
  }
  return {
    stage,
    perSecond: load.perSecond,
    // a law may be wrong, and what is seen to pass does pass
    most: Math.max(most, passed),
    // answers come after prompts, and what waits at a router waits for both
    ahead: stage === 'prompts' ? Math.max(0, waiting - mayWait) : 0,
    best: bestOf(known),
  };
}
