import { expect, it } from 'vitest';
import { variantFrom, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, policySetOf, type Policy, type PolicySet, type Variant } from '../../model/index.ts';
import { createRandom } from '../../runtime/index.ts';
import { ColumnChunk } from './column-chunk.ts';
import type { History } from './history.ts';
import { joinLedgers, type ReplayedDecision } from './ledger.ts';
import { MissingReasons, ReadingColumns } from './reading-columns.ts';
import { createReplayer, inOrderOfTime, type ToldDecision } from './replay-share.ts';
import { replay, type Replay, type ReplayOptions } from './replay.ts';

const startMs = Date.UTC(2026, 0, 1);
const stepMs = 15_000;
const chunkCycles = 60;

// prices and loads whose sums depend on their order, models that share a target, and one of another namespace
const sketches: readonly Omit<VariantSketch, 'replicas'>[] = [
  ...Array.from({ length: 9 }, (_, index) => ({ name: `v${index}`, model: `model-${index % 6}`, cost: 0.1 + index / 7, min: index % 2, max: 8 })),
  { name: 'shared-a', model: 'left', target: 'shared', cost: 1.3 },
  { name: 'shared-b', model: 'right', target: 'shared', cost: 2.7 },
  { name: 'late', model: 'late', namespace: 'test', cost: 3.1 },
];

/** @param broken those whose resource cannot be used: in the second half of the chunk, and in all of it where they are not among the variants. */
function chunk(number: number, variants: readonly Variant[], broken: readonly Variant[] = []): ColumnChunk {
  const random = createRandom(`replay/${number}`);
  const timesMs = Float64Array.from({ length: chunkCycles }, (_, cycle) => startMs + (number * chunkCycles + cycle) * stepMs);
  const reasons = new MissingReasons();
  const silent = reasons.numberOf('NotReported', 'it was asked');
  const readings = new Map<string, ReadingColumns>();
  for (const [index, { namespace, name }] of variants.entries()) {
    for (const pod of [0, 1]) {
      const columns = new ReadingColumns(chunkCycles, reasons, silent);
      readings.set(`${namespace}/${name}-${pod}`, columns);
      for (let cycle = 0; cycle < chunkCycles; cycle++) {
        if (random.next() < 0.02) continue;
        const load = Math.max(0, 0.45 + 0.4 * Math.sin((timesMs[cycle] as number) / 4e5 + index) + 0.1 * random.next());
        columns.sampledAtMs[cycle] = (timesMs[cycle] as number) - 5000;
        columns.setValue(cycle, 'kvUsedFraction', Math.min(1, load));
        columns.setValue(cycle, 'waiting', load > 0.8 ? Math.floor(random.next() * 9) : 0);
        columns.setValue(cycle, 'running', Math.round(load * 40));
        columns.setValue(cycle, 'arrivalsPerSecond', load / 3);
      }
    }
  }
  const segments = [0, 30].map((fromCycle) => ({
    fromCycle,
    snapshot: {
      atMs: timesMs[fromCycle] as number,
      conflicts: [],
      invalid: broken.filter((one) => fromCycle > 0 || !variants.includes(one)).map((resource) => ({ resource, problems: [{ path: 'spec', message: 'It is broken.' }], lastConditions: {} })),
      variants: variants.filter((variant) => fromCycle === 0 || !broken.includes(variant)).map((variant, index) => {
        const replicas = 1 + ((index + number + (fromCycle === 0 ? 0 : 1)) % 2);
        return {
          variant,
          targetState: { kind: 'found', replicas, readyReplicas: replicas, scalable: true } as const,
          currentReplicas: replicas,
          lastConditions: {},
          pods: Array.from({ length: replicas }, (_, pod) => ({
            pod: `${variant.name}-${pod}`, uid: `${variant.key}-${pod}`, createdAtMs: 0, phase: 'Running' as const, scheduled: true, ready: true, terminating: false, ip: '10.0.0.1', ports: [8000],
          })),
        };
      }),
    },
  }));
  return new ColumnChunk({ timesMs, segments, readings });
}

function historyOf(chunks: readonly (() => ColumnChunk)[]): History {
  return {
    stepMs,
    cyclesAtMost: chunks.length * chunkCycles,
    async *chunks() {
      for (const make of chunks) yield make();
    },
    gaps: () => [],
    notes: () => [],
  };
}

const all = sketches.map((sketch) => variantFrom({ ...sketch, replicas: [] }));
const early = all.filter(({ name }) => name !== 'late');
// decided by thresholds: what holds for threads and parts is to hold for any law, and these loads are KV cache uses that no law of iterations made
const calm: Policy = { ...defaultPolicy, analyzer: 'percent' };
const eager = policySetOf({ ...calm, saturation: { ...defaultPolicy.saturation, kvCacheThreshold: 0.6 }, scaleDownStabilizationMs: 60_000 });
const options: ReplayOptions = { policies: [{ name: 'a', policy: policySetOf(calm) }, { name: 'b', policy: eager }], misses: { startupMs: 60_000 } };
const never = new AbortController().signal;

/** A history of three chunks; the last variant comes with the second. */
async function replayed(threads?: number): Promise<{ result: Replay; told: (ReplayedDecision & { policy: string })[] }> {
  const told: (ReplayedDecision & { policy: string })[] = [];
  const history = historyOf([() => chunk(0, early), () => chunk(1, all), () => chunk(2, all)]);
  const result = await replay(history, { ...options, ...(threads !== undefined && { threads }), onDecision: (policy, decision) => told.push({ policy, ...decision }) }, never);
  return { result, told };
}

it('comes to the same bytes with any number of threads, books and decisions in their order', async () => {
  const { result: alone, told: toldAlone } = await replayed(1);
  expect([alone.threads, alone.cycles, alone.ledgers.length, alone.divergences.length]).toEqual([1, 180, 2, 1]);
  expect(alone.ledgers[0]?.ledger.variants.map(({ variant }) => variant)).toEqual(all.map(({ key }) => key).toSorted());
  expect(alone.ledgers[0]?.ledger.misses.actual).toBeGreaterThan(0);
  expect(alone.divergences[0]?.divergence.differsHours).toBeGreaterThan(0);
  expect(new Set(toldAlone.map(({ policy, variant }) => `${policy} ${variant}`)).size).toBeGreaterThan(16);
  for (const threads of [2, 3, 4]) {
    const { result, told } = await replayed(threads);
    expect(result.threads).toBe(threads);
    expect(JSON.stringify({ ...result, threads: 1, decidingSeconds: alone.decidingSeconds })).toBe(JSON.stringify(alone));
    expect(JSON.stringify(told)).toBe(JSON.stringify(toldAlone));
  }
});

it('decides part by part as it does cycle by cycle, also where resources are broken for a while and where variants come to share a target', async () => {
  const joined = all.map((variant) => (['v2', 'v3'].includes(variant.name) ? { ...variant, target: { ...variant.target, name: 'joint' } } : variant));
  const broken = all.filter(({ name }) => ['v1', 'v4', 'shared-b'].includes(name));
  const made = (): ColumnChunk[] => [chunk(0, early), chunk(1, all, broken), chunk(2, all.filter((one) => !broken.includes(one)), broken), chunk(3, all), chunk(4, joined)];
  // so patient that what was recommended before a resource broke, and in the chunk before, still counts
  const patient: PolicySet = { ...eager, global: { ...eager.global, scaleDownStabilizationMs: 3_600_000 } };
  const policies = [{ name: 'eager', policy: eager }, { name: 'patient', policy: patient }];
  expect(made().map((one) => one.parts().length)).toEqual([7, 8, 7, 8, 7]);
  const told: ToldDecision[] = [];
  const { ledgers } = await replay(historyOf(made().map((one) => () => one)), { ...options, policies, threads: 1, onDecision: (name, decision) => told.push({ policy: name === 'eager' ? 0 : 1, decision }) }, never);
  const toldWhole: ToldDecision[] = [];
  const whole = policies.map(({ name, policy }, index) => {
    const replayer = createReplayer(policy, options.misses, (decision) => toldWhole.push({ policy: index, decision }));
    for (const one of made()) for (let cycle = 0; cycle < one.cycles; cycle++) replayer.pass(one, cycle, stepMs);
    return { name, ledger: joinLedgers([replayer.part()]) };
  });
  expect(JSON.stringify(ledgers)).toBe(JSON.stringify(whole));
  expect(JSON.stringify(told)).toBe(JSON.stringify(inOrderOfTime(toldWhole)));
});

it('does not start threads for what one decides sooner', async () => {
  expect((await replayed()).result.threads).toBe(1);
});

it('has no more threads than there are variants that know nothing of each other', async () => {
  const two = all.filter(({ name }) => name.startsWith('shared') || name === 'v0');
  expect((await replay(historyOf([() => chunk(0, two)]), { ...options, threads: 4 }, never)).threads).toBe(2);
});

it('decides about all variants together under a quota, on one thread and in one part', async () => {
  const quotas = { ...policySetOf(calm), quotas: { cluster: { A100: 20 }, namespaces: {} } };
  const history = (): History => historyOf([() => chunk(0, all)]);
  const most = async (policy: PolicySet): Promise<number> => {
    const told: [number, string, number][] = [];
    await replay(history(), { ...options, policies: [{ name: 'a', policy }], threads: 4, onDecision: (_, { atMs, variant, to }) => told.push([atMs, variant, to]) }, never).then(({ threads }) => expect(threads).toBe(policy === quotas ? 1 : 4));
    const desired = new Map<string, number>();
    const totals = new Map<number, number>();
    for (const [atMs, variant, to] of told) {
      desired.set(variant, to);
      totals.set(atMs, [...desired.values()].reduce((sum, one) => sum + one, 0));
    }
    return Math.max(...totals.values());
  };
  expect(await most(policySetOf(calm))).toBeGreaterThan(20);
  expect(await most(quotas)).toBeLessThanOrEqual(20);
});

it('says which variants a thread had that failed', async () => {
  const broken = all.map((variant) => (variant.name === 'v3' ? { ...variant, maxReplicas: 0.5 } : variant));
  await expect(replay(historyOf([() => chunk(0, all), () => chunk(1, broken)]), { ...options, threads: 2 }, never)).rejects.toThrow(/^A thread that replays 6 of the variants \(.*, …\) ended: .*whole numbers of replicas, and not to 0\.5.* Nothing of this replay can be used\.$/);
});

it('ends at once when it is stopped while threads decide', async () => {
  const stop = new AbortController();
  const why = new Error('SIGINT');
  const history = historyOf(Array.from({ length: 1000 }, (_, number) => () => {
    // the next turn finds the threads busy with the second chunk
    if (number === 1) setImmediate(() => stop.abort(why));
    return chunk(number, all);
  }));
  let chunks = 0;
  await expect(replay(history, { ...options, threads: 2, onProgress: () => chunks++ }, stop.signal)).rejects.toBe(why);
  expect(chunks).toBeLessThan(3);
});

it('refuses a history in which variants on different threads come to share a target', async () => {
  const joined = all.map((variant) => ({ ...variant, target: { ...variant.target, name: 'one-for-all' } }));
  await expect(replay(historyOf([() => chunk(0, all), () => chunk(1, joined)]), { ...options, threads: 2 }, never)).rejects.toThrow(/came to share a model or a target in the middle of a history/);
});
