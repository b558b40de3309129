import type { BasisInput, MissingReason, Reading, ReplicaReadings, RouterReadings } from '../../model/index.ts';
import type { Group } from '../analyze/group.ts';

type Name = BasisInput['name'];
type Row = readonly [name: Name, of: 'sum' | 'mean' | 'highest', read: (readings: ReplicaReadings) => Reading];

/** What is read of replicas, and how it is put together. Arrivals: the shortest window that tells them, as the load is taken from. */
const rows: readonly Row[] = [
  ['arrivalsPerSecond', 'sum', ({ recentArrivalsPerSecond, arrivalsPerSecond }) => (recentArrivalsPerSecond.kind === 'fresh' ? recentArrivalsPerSecond : arrivalsPerSecond)],
  ['waiting', 'sum', ({ waiting }) => waiting],
  ['running', 'sum', ({ running }) => running],
  ['kvUsedFraction', 'mean', ({ kvUsedFraction }) => kvUsedFraction],
  ['slowestTtftSeconds', 'highest', ({ ttftSeconds }) => ttftSeconds],
  ['slowestItlSeconds', 'highest', ({ itlSeconds }) => itlSeconds],
];

/** What a group's load was read from: at the router, where there is one, and at the replicas that serve. */
export function inputsOf(group: Group, router: RouterReadings | undefined, nowMs: number): BasisInput[] {
  const inputs: BasisInput[] = [];
  if (router !== undefined) {
    const { recentArrivalsPerSecond: recent, arrivalsPerSecond: usual } = router;
    inputs.push(ofRouter('arrivalsPerSecond', recent.kind === 'fresh' ? recent : usual, nowMs), ofRouter('waiting', router.waiting, nowMs));
  }
  for (const row of rows) inputs.push(ofReplicas(group, row, nowMs));
  return inputs;
}

function ofRouter(name: Name, reading: Reading, nowMs: number): BasisInput {
  if (reading.kind === 'missing') return { name, from: 'router', freshness: 'missing', why: reading.why };
  return { name, from: 'router', freshness: reading.kind, value: reading.value, ageMs: nowMs - reading.atMs };
}

function ofReplicas({ members }: Group, row: Row, nowMs: number): BasisInput {
  return together(members, row, 'fresh', nowMs) ?? together(members, row, 'stale', nowMs) ?? missingOf(members, row);
}

/** Those of one freshness put together; `undefined`: there are none. */
function together(members: Group['members'], [name, how, read]: Row, freshness: 'fresh' | 'stale', nowMs: number): BasisInput | undefined {
  let total = 0;
  let highest = 0;
  let told = 0;
  let serving = 0;
  let oldestMs = Infinity;
  for (const { supply } of members) {
    for (const { readings } of supply.serving) {
      serving++;
      const reading = read(readings);
      if (reading.kind !== freshness) continue;
      told++;
      total += reading.value;
      if (reading.value > highest) highest = reading.value;
      if (reading.atMs < oldestMs) oldestMs = reading.atMs;
    }
  }
  if (told === 0) return undefined;
  const value = how === 'sum' ? total : how === 'mean' ? total / told : highest;
  return { name, from: 'replicas', freshness, value, ageMs: nowMs - oldestMs, told, of: serving };
}

function missingOf(members: Group['members'], [name, , read]: Row): BasisInput {
  let serving = 0;
  let why: MissingReason | undefined;
  for (const { supply } of members) {
    for (const { readings } of supply.serving) {
      serving++;
      const reading = read(readings);
      if (reading.kind === 'missing') why ??= reading.why;
    }
  }
  return { name, from: 'replicas', freshness: 'missing', ...(why !== undefined && { why }), told: 0, of: serving };
}
