import { afterEach, expect, it } from 'vitest';
import type { CycleRecord } from '../../src/model/index.ts';
import { decode, load, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

const spared = (podDeletionCost: boolean) => ({ policy: { 'policy.yaml': `global: {analyzer: percent, scaleDownStabilization: 8s, scaleDownMaxFraction: 0.5, podDeletionCost: ${podDeletionCost}}\n` } });

function begin(podDeletionCost: boolean): void {
  story = tell(scenarioOf([workload('Deployment', decode, 5), variant('chat', { actuation: 'direct' })], { traffic: load([30, 10, 10], [600, 1, 1]) }), spared(podDeletionCost));
}

/** Uids of the pods that were marked to go first, and of those that went. */
function fates(records: readonly CycleRecord[]): { readonly marked: Set<string>; readonly gone: string[] } {
  const marked = new Set<string>();
  for (const { emission } of records) {
    for (const { uid, cost } of emission.deletionCosts ?? []) {
      if (cost < 0) marked.add(uid);
      else marked.delete(uid);
    }
  }
  const live = ({ observation }: CycleRecord): string[] => (observation.variants[0]?.replicas ?? []).filter(({ terminating }) => !terminating).map(({ uid }) => uid);
  const last = new Set(live(records.at(-1) as CycleRecord));
  return { marked, gone: [...new Set(records.flatMap(live))].filter((uid) => !last.has(uid)) };
}

it('of the pods of a Deployment those go that have the least in flight', async () => {
  begin(true);
  const { records, log } = await story.start();
  await story.advance(70);
  expect(story.replicas(decode)).toBeLessThanOrEqual(2);
  const { marked, gone } = fates(records);
  expect(gone.length).toBeGreaterThanOrEqual(3);
  expect(gone.filter((uid) => !marked.has(uid))).toEqual([]);
  // a few writes for each that goes, and none while nothing is removed
  const written = records.flatMap(({ emission }) => emission.deletionCosts ?? []).length;
  expect(written).toBeLessThan(3 * gone.length + 3);
  for (const { decisions, emission } of records) if (decisions.every(({ current, desired }) => (desired ?? 0) >= current)) expect(emission).not.toHaveProperty('deletionCosts');
  expect(log.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
}, 60_000);

it('nobody is marked unless the policy says so', async () => {
  begin(false);
  const { records } = await story.start();
  await story.advance(70);
  expect(story.replicas(decode)).toBeLessThanOrEqual(2);
  expect(records.flatMap(({ emission }) => emission.deletionCosts ?? [])).toEqual([]);
}, 60_000);

it('a controller that may not write to pods says so once, and removes all the same', async () => {
  begin(true);
  story.world.apiServer.setFaults(({ method, path }) => (method === 'PATCH' && path.includes('/pods/') ? { status: { code: 403, reason: 'Forbidden', message: 'pods is forbidden' } } : undefined));
  const { log } = await story.start();
  await story.advance(70);
  expect(story.replicas(decode)).toBeLessThanOrEqual(2);
  expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([expect.stringContaining('deploy/pod-deletion-cost') as string]);
}, 60_000);
