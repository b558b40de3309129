// Time to render 10 000 replica series, ours beside prom-client, in one process and in turns.
//
// Both render the same text (checked below, line by line). Values change between rounds, as they do between
// cycles. Ours is timed from the snapshot that the controller hands over to the finished bytes; of prom-client only
// `metrics()` is timed and not the 65 000 `set` calls that a cycle needs before it, which would count in our favour.
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ReplicaSeries, SeriesSnapshot } from '../src/model/index.ts';
import { replicaFamilies } from '../src/serve/exposition/families.ts';
import { createExposition, desiredRatio } from '../src/serve/exposition/renderer.ts';

const seriesCount = 10_000;
const warmUpRounds = 10;
const rounds = 31;

function snapshotOf(round: number): SeriesSnapshot {
  const series = Array.from({ length: seriesCount }, (_, i): ReplicaSeries => {
    const target = i >> 1;
    return {
      targetName: `ms-model-${target}-decode`,
      targetKind: 'Deployment',
      namespace: `team-${target % 50}`,
      acceleratorType: i % 2 === 0 ? 'A100' : 'MI300X',
      variantName: `ms-model-${target}-${i % 2 === 0 ? 'a100' : 'mi300x'}`,
      modelName: `org/model-${target}`,
      costPerHour: 10 + (i % 7),
      role: 'decode',
      current: 1 + ((i + round) % 13),
      desired: 1 + ((i * 7 + round * 3) % 17),
      decidedAtMs: 1_700_000_000_000,
      held: (i + round) % 11 === 0,
    };
  });
  return { atMs: 1_700_000_000_000 + round * 15_000, series, source: 'decision' };
}

const registry = new Registry();
const theirs = new Map(
  Object.entries(replicaFamilies).map(([name, { type, help, labels }]) => {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    return [name, type === 'counter' ? new Counter(options) : new Gauge(options)];
  }),
);

function setTheirs(snapshot: SeriesSnapshot): void {
  const sums = new Map<string, { labels: Record<string, string>; sum: number }>();
  const gauge = (name: string): Gauge => theirs.get(name) as Gauge;
  for (const s of snapshot.series) {
    const labels = { target_name: s.targetName, target_kind: s.targetKind, namespace: s.namespace, accelerator_type: s.acceleratorType };
    gauge('wva_desired_replicas').set(labels, s.desired);
    gauge('wva_current_replicas').set(labels, s.current);
    gauge('wva_desired_ratio').set(labels, desiredRatio(s));
    gauge('wva_desired_replicas_timestamp_seconds').set(labels, snapshot.atMs / 1000);
    gauge('wva_desired_replicas_held').set(labels, s.held ? 1 : 0);
    gauge('wva_variant_info').set({ ...labels, variant_name: s.variantName, model_name: s.modelName, role: s.role, cost: String(s.costPerHour) }, 1);
    const key = `${s.namespace}/${s.targetName}`;
    const target = sums.get(key) ?? { labels: { target_name: s.targetName, target_kind: s.targetKind, namespace: s.namespace }, sum: 0 };
    target.sum += s.desired;
    sums.set(key, target);
  }
  for (const { labels, sum } of sums.values()) gauge('wva_target_desired_replicas').set(labels, sum);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '').toSorted();
}

const ours = createExposition({ variantNameLabel: false });
const oursMs: number[] = [];
const promClientMs: number[] = [];
const setMs: number[] = [];
let bytes = 0;

async function timeTheirs(snapshot: SeriesSnapshot): Promise<string> {
  const beforeSet = performance.now();
  setTheirs(snapshot);
  const before = performance.now();
  const text = await registry.metrics();
  const size = Buffer.from(text).length;
  promClientMs.push(performance.now() - before);
  setMs.push(before - beforeSet);
  return size > 0 ? text : '';
}

function timeOurs(snapshot: SeriesSnapshot): string {
  const before = performance.now();
  const rendered = ours.render(snapshot, []);
  oursMs.push(performance.now() - before);
  bytes = rendered.length;
  return rendered.toString();
}

for (let round = 0; round < warmUpRounds + rounds; round++) {
  const snapshot = snapshotOf(round);
  if (round === warmUpRounds) for (const list of [oursMs, promClientMs, setMs]) list.length = 0;
  // who goes first changes, so that neither always pays for the other's garbage
  const [theirText, ourText] =
    round % 2 === 0
      ? [await timeTheirs(snapshot), timeOurs(snapshot)]
      : await (async () => {
          const text = timeOurs(snapshot);
          return [await timeTheirs(snapshot), text] as const;
        })();
  if (round === 0 && lines(theirText).join('\n') !== lines(ourText).join('\n')) throw new Error('The two texts differ.');
}

const [our, their] = [median(oursMs), median(promClientMs)];
console.log(`${seriesCount} series, ${(bytes / 1e6).toFixed(1)} MB, median of ${rounds} rounds in turns:`);
console.log(`  ours         ${our.toFixed(2)} ms from snapshot to bytes`);
console.log(`  prom-client  ${their.toFixed(2)} ms to render, and ${median(setMs).toFixed(2)} ms to set the values before it (not counted)`);
console.log(
  `RESULT ${JSON.stringify({ bench: 'exposition', series: seriesCount, oursMs: Number(our.toFixed(3)), promClientMs: Number(their.toFixed(3)), ratio: Number((our / their).toFixed(4)) })}`,
);
