/** From `atSeconds` on the variant is to have this many replicas asked for. */
export interface PlanStep {
  readonly atSeconds: number;
  readonly replicas: number;
}

/** One replica that is held for a while, in seconds of the load's clock. */
interface Hold {
  readonly from: number;
  to: number;
}

/**
 * Turns what is needed in each bin into what to ask for and when, for replicas that take `leadSeconds` to become ready.
 *
 * Each level of the need (the k-th replica) is held by itself. A pause shorter than the lead is bridged: a pod that starts anew costs its
 * start-up time, one that stays costs the pause. So the cost of each level is the least for the need that it is given.
 */
export function planReplicas(need: readonly number[], binSeconds: number, leadSeconds: number, initial: number): PlanStep[] {
  const highest = Math.max(0, initial, ...need);
  const events: { atSeconds: number; change: number }[] = [];
  for (let level = 1; level <= highest; level++) {
    for (const { from, to } of holdsOf(need, level, binSeconds, leadSeconds, initial)) {
      // what is there when the load begins need not be asked for
      const asked = from === 0 && level <= initial ? 0 : Math.max(0, from - leadSeconds);
      events.push({ atSeconds: asked, change: 1 }, { atSeconds: to, change: -1 });
    }
  }
  events.sort((a, b) => a.atSeconds - b.atSeconds);
  const steps: PlanStep[] = [];
  let replicas = 0;
  for (const [index, { atSeconds, change }] of events.entries()) {
    replicas += change;
    if (events[index + 1]?.atSeconds === atSeconds) continue;
    if (steps.at(-1)?.replicas !== replicas) steps.push({ atSeconds, replicas });
  }
  if (steps[0] === undefined || steps[0].atSeconds > 0) steps.unshift({ atSeconds: 0, replicas: 0 });
  return steps;
}

function holdsOf(need: readonly number[], level: number, binSeconds: number, leadSeconds: number, initial: number): Hold[] {
  const holds: Hold[] = [];
  for (const [bin, replicas] of need.entries()) {
    if (replicas < level) continue;
    const from = bin * binSeconds;
    const last = holds.at(-1);
    // a level that is there at the start and is needed again before a new one could be ready, is kept from the start
    if (last === undefined) holds.push({ from: level <= initial && from <= leadSeconds ? 0 : from, to: from + binSeconds });
    else if (from - last.to <= leadSeconds) last.to = from + binSeconds;
    else holds.push({ from, to: from + binSeconds });
  }
  return holds;
}
