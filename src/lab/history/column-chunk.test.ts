import { expect, it } from 'vitest';
import { sceneOf, variantFrom } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, fresh, missing, type ReplicaReadings } from '../../model/index.ts';
import { joinObservation, type SnapshotPod } from '../../observe/index.ts';
import { createRandom } from '../../runtime/index.ts';
import { ColumnChunk } from './column-chunk.ts';
import { MissingReasons, ReadingColumns } from './reading-columns.ts';

const cycles = 40;
const startMs = Date.UTC(2026, 0, 1);
const podNames = ['a-0', 'a-1', 'b-0'];

/** Readings of one moment, in which anything may be missing for any reason. */
function readingsAt(atMs: number, random: () => number): ReplicaReadings {
  const template = sceneOf([{ name: 'a', replicas: [{}] }]).variants[0]?.replicas[0]?.readings as ReplicaReadings;
  const entries = Object.keys(template).map((name) => {
    if (random() < 0.2) return [name, random() < 0.5 ? missing('NotReported') : missing('CounterReset', 'it was started anew')];
    return [name, name === 'asleep' ? fresh(random() < 0.3, atMs) : fresh(Math.round(random() * 1000) / 7, atMs)];
  });
  return Object.fromEntries(entries) as ReplicaReadings;
}

function pod(name: string, state: Partial<SnapshotPod> = {}): SnapshotPod {
  return { pod: name, uid: `uid-${name}`, createdAtMs: startMs - 3_600_000, phase: 'Running', scheduled: true, ready: true, terminating: false, ip: '10.0.0.1', ports: [8000], ...state };
}

it('shows what the product\'s own join makes of the same pods and samples', () => {
  const random = createRandom('columns');
  const reasons = new MissingReasons();
  const readings = new Map<string, ReadingColumns>();
  for (const name of podNames) {
    const columns = new ReadingColumns(cycles, reasons);
    columns.modelName = name === 'b-0' ? 'named-by-the-engine' : 'llama';
    for (let cycle = 0; cycle < cycles; cycle++) if (random.next() > 0.1) columns.set(cycle, readingsAt(startMs + cycle * 15_000 - Math.floor(random.next() * 90_000), () => random.next()));
    readings.set(`prod/${name}`, columns);
  }
  const snapshotOf = (names: readonly SnapshotPod[]): ColumnChunk => new ColumnChunk({
    timesMs: Float64Array.from({ length: cycles }, (_, cycle) => startMs + cycle * 15_000),
    readings,
    problems: [{ source: 'prometheus', about: 'somewhere', message: 'It warned.' }],
    segments: [0, 20].map((fromCycle) => ({
      fromCycle,
      snapshot: {
        atMs: startMs,
        conflicts: [],
        invalid: [],
        variants: ['a', 'b'].map((name) => ({
          variant: variantFrom({ name, model: name === 'b' ? '' : 'llama', replicas: [] }),
          targetState: { kind: 'found', replicas: 2 + fromCycle, readyReplicas: 1, scalable: true } as const,
          currentReplicas: 2 + fromCycle,
          lastConditions: {},
          pods: names.filter((one) => one.pod.startsWith(name)),
        })),
      },
    })),
  });
  const chunk = snapshotOf([pod('a-0'), pod('a-1', { terminating: true }), pod('a-2', { ready: false, phase: 'Pending', readySinceMs: startMs }), pod('b-0')]);
  let stale = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { snapshot, samples } = chunk.unjoined(cycle);
    const seen = JSON.stringify(chunk.observe(cycle, defaultPolicy.staleAfterMs));
    expect(JSON.parse(seen)).toEqual(JSON.parse(JSON.stringify(joinObservation(snapshot, samples, defaultPolicy, chunk.atMs(cycle)))));
    if (seen.includes('"stale"')) stale++;
  }
  expect(stale).toBeGreaterThan(5);
  expect(chunk.observe(19, 0).variants[0]?.currentReplicas).toBe(2);
  expect(chunk.observe(20, 0).variants[0]?.currentReplicas).toBe(22);
  expect(chunk.observe(0, 0).variants[1]?.variant.modelID).toBe('named-by-the-engine');
});

it('a sample from before the pod was made is of another pod of the same name', () => {
  const columns = new ReadingColumns(1, new MissingReasons());
  columns.set(0, readingsAt(startMs - 1, () => 1), startMs);
  expect(columns.readings(0, startMs, 1e9).running).toEqual({ kind: 'missing', why: 'NotScraped' });
});
