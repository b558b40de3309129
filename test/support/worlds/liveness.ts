import { holdOf } from './draw-world.ts';
import type { WorldPlan } from './plan.ts';
import type { Settled } from './settling.ts';

/** Of requests per second that come, so many may wait for a second: more is a queue that does not go away. */
const mostSecondsOfQueue = 2;
/** An analyzer is right about its servers to a sixth. */
const knownTo = 0.85;
/** So many times what has ever come is thought of as a reserve: a load that has once doubled at once may do so again. */
const mostReserve = 3.5;

/** What must be true of a world whose faults are over. One sentence for each thing that is not. */
export function unsettledIn(world: WorldPlan, settled: readonly Settled[]): string[] {
  return settled.flatMap((model) => {
    const breaches = [flapping(world, model), starving(model), wasting(model)].filter((breach) => breach !== undefined);
    return breaches.map((breach) => `${model.plan.modelID} (${model.plan.policy.analyzer}): ${breach}; desired ${model.desired.join('/')}`);
  });
}

/** Fewer are tried at most once in the time for which more are kept. Without that time nothing is promised. */
function flapping({ stableMs }: WorldPlan, { plan, reversals }: Settled): string | undefined {
  const holdMs = holdOf(plan.policy);
  if (holdMs === 0 || plan.shared) return undefined;
  const most = 2 * Math.ceil(stableMs / holdMs);
  return reversals > most ? `${reversals} changes are taken back in ${stableMs / 60_000} min of a constant load, where ${most} would be in keeping with the window` : undefined;
}

function starving({ plan, rate, waiting, bears, serving, full }: Settled): string | undefined {
  if (rate === 0 || full || plan.shared) return undefined;
  // without a router nobody knows of requests that find no replica
  if (serving === 0) return plan.router === 'none' ? undefined : `none serves ${rate.toFixed(2)} requests/s`;
  if (waiting > Math.max(3, mostSecondsOfQueue * rate)) return `${waiting.toFixed(0)} requests wait at ${rate.toFixed(2)}/s`;
  return bears < knownTo * rate ? `what serves bears ${bears.toFixed(2)} of ${rate.toFixed(2)} requests/s` : undefined;
}

function wasting({ plan, highest, bears, serving, desired }: Settled): string | undefined {
  const held = plan.variants.every(({ min, mode }, index) => mode !== 'act' || (desired[index] as number) <= min);
  // of prefill and decode servers only those are reckoned with that bear the least
  if (plan.variants.some(({ role }) => role !== undefined)) return undefined;
  // of a server that was never seen at work nobody knows what it bears
  if (held || serving === 0 || highest === 0) return undefined;
  const most = mostReserve * highest + (2 * bears) / serving;
  return bears > most ? `what serves bears ${bears.toFixed(2)} requests/s, and no more than ${highest.toFixed(2)} have ever come` : undefined;
}
