// What deciding about a week of a hundred variants takes, once the history is in memory: `node bench/lab/backtest.ts`.
import { isDeepStrictEqual } from 'node:util';
import { decide } from '../../src/decide/index.ts';
import { ColumnChunk } from '../../src/lab/history/column-chunk.ts';
import type { History } from '../../src/lab/history/index.ts';
import type { ReplayedDecision } from '../../src/lab/history/ledger.ts';
import { MissingReasons, ReadingColumns } from '../../src/lab/history/reading-columns.ts';
import { createReplayer } from '../../src/lab/history/replay-share.ts';
import { replay, type Replay } from '../../src/lab/history/replay.ts';
import { defaultPolicySet, emptyMemory, type Variant } from '../../src/model/index.ts';
import { joinObservation, type SnapshotVariant } from '../../src/observe/index.ts';
import { createRandom, type Random } from '../../src/runtime/index.ts';

export interface BacktestBench {
  /** Wall time, starting threads included. */
  readonly backtestSeconds: number;
  readonly threads: number;
  readonly variants: number;
  readonly cycles: number;
  readonly changes: number;
  readonly peakMemoryMb: number;
  /** Cycles of the beginning that were decided the plain way too, whole and with all words, with equal results. */
  readonly comparedCycles: number;
}

const stepMs = 15_000;
const weekCycles = (7 * 24 * 3_600_000) / stepMs;
const chunkCycles = 1440;
const variantCount = 100;
const modelCount = 70;
const startMs = Date.UTC(2026, 0, 1);
const comparedCycles = 400;

function variantAt(index: number): Variant {
  const name = `variant-${String(index).padStart(3, '0')}`;
  return {
    key: `prod/${name}`, uid: `uid-${index}`, namespace: 'prod', name, generation: 1, createdAtMs: 0,
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: `server-${index}` },
    modelID: `model-${index % modelCount}`, accelerator: index % 2 === 0 ? 'A100' : 'H100', acceleratorSource: 'Spec', acceleratorCount: 1,
    costPerHour: 8 + (index % 7), minReplicas: 1, maxReplicas: 10, role: 'both', engine: 'vllm', mode: 'act', actuation: 'metric',
  };
}

/** Six hours: replicas of each variant change every half hour or so, loads rise and fall with noise, and now and then a pod says nothing. */
function chunkFrom(firstCycle: number, cycles: number, random: Random): ColumnChunk {
  const reasons = new MissingReasons();
  const silent = reasons.numberOf('NotReported');
  const timesMs = Float64Array.from({ length: cycles }, (_, cycle) => startMs + (firstCycle + cycle) * stepMs);
  const readings = new Map<string, ReadingColumns>();
  const variants = Array.from({ length: variantCount }, (_, index) => variantAt(index));
  for (const [index, { namespace }] of variants.entries()) {
    for (let pod = 0; pod < 3; pod++) {
      const columns = new ReadingColumns(cycles, reasons, silent);
      readings.set(`${namespace}/server-${index}-${pod}`, columns);
      for (let cycle = 0; cycle < cycles; cycle++) {
        if (random.next() < 0.001) continue;
        const atMs = timesMs[cycle] as number;
        const load = Math.min(1, Math.max(0, 0.4 + 0.38 * Math.sin(atMs / 6.9e6 + index) + 0.1 * (random.next() - 0.5)));
        columns.sampledAtMs[cycle] = atMs - 5000;
        columns.setValue(cycle, 'kvUsedFraction', load);
        columns.setValue(cycle, 'waiting', load > 0.75 ? Math.floor(random.next() * 6) : 0);
        columns.setValue(cycle, 'running', Math.round(load * 40));
        columns.setValue(cycle, 'kvCapacityTokens', 100_000 + 50_000 * (index % 2));
        columns.setValue(cycle, 'arrivalsPerSecond', load * 3);
        columns.setValue(cycle, 'recentArrivalsPerSecond', load * (2.9 + 0.2 * random.next()));
        columns.setValue(cycle, 'completionsPerSecond', load * 3);
        columns.setValue(cycle, 'promptTokensPerSecond', load * 2400);
        columns.setValue(cycle, 'generationTokensPerSecond', (load * 40) / (0.02 + 0.02 * load));
        columns.setValue(cycle, 'meanPromptTokens', 800);
        columns.setValue(cycle, 'meanGenerationTokens', 400);
        columns.setValue(cycle, 'queueSeconds', 0.01);
        columns.setValue(cycle, 'prefixHitFraction', 0);
        columns.setValue(cycle, 'ttftSeconds', 0.1 + load);
        columns.setValue(cycle, 'itlSeconds', 0.02 + 0.02 * load);
      }
    }
  }
  const segments = Array.from({ length: Math.ceil(cycles / 120) }, (_, part) => ({
    fromCycle: part * 120,
    snapshot: { atMs: timesMs[part * 120] as number, conflicts: [], invalid: [], variants: variants.map((variant, index) => seenAs(variant, index, 1 + ((index + Math.floor(firstCycle / 120) + part) % 3))) },
  }));
  return new ColumnChunk({ timesMs, segments, readings });
}

function seenAs(variant: Variant, index: number, replicas: number): SnapshotVariant {
  return {
    variant,
    targetState: { kind: 'found', replicas, readyReplicas: replicas, scalable: true, scaledBy: `HorizontalPodAutoscaler/server-${index}` },
    currentReplicas: replicas,
    lastConditions: {},
    pods: Array.from({ length: replicas }, (_, pod) => ({
      pod: `server-${index}-${pod}`, uid: `uid-${index}-${pod}`, createdAtMs: 0, phase: 'Running', scheduled: true, ready: true, terminating: false, ip: `10.0.${index}.${pod}`, ports: [8000],
    })),
  };
}

/** Decides the same cycles as a controller does, with the product's own join and all words, and asserts that nothing differs. */
function compare(chunk: ColumnChunk): void {
  const misses = { startupMs: 120_000 };
  const replayer = createReplayer(defaultPolicySet, misses);
  let memory = emptyMemory;
  for (let cycle = 0; cycle < Math.min(comparedCycles, chunk.cycles); cycle++) {
    const atMs = chunk.atMs(cycle);
    const { snapshot, samples } = chunk.unjoined(cycle);
    const plain = decide(joinObservation(snapshot, samples, defaultPolicySet.global, atMs), defaultPolicySet, memory, atMs);
    memory = plain.memory;
    const fast = replayer.pass(chunk, cycle, stepMs).map(({ desired, held, reason, trail }) => ({ desired, held, reason, trail: trail.steps.map(({ sentence, ...step }) => ({ ...step, sentence: sentence() })) }));
    const expected = plain.decisions.map(({ desired, held, reason, trail }) => ({ desired, held, reason, trail }));
    if (!isDeepStrictEqual(fast, expected)) throw new Error(`Cycle ${cycle} is decided otherwise by the replay than by a controller.`);
  }
}

function historyOf(cycles: number, random: Random, onChunk: () => void): History {
  return {
    stepMs,
    cyclesAtMost: cycles,
    async *chunks() {
      for (let first = 0; first < cycles; first += chunkCycles) {
        yield chunkFrom(first, Math.min(chunkCycles, cycles - first), random);
        onChunk();
      }
    },
    gaps: () => [],
    notes: () => [],
  };
}

async function played(cycles: number, threads: number | undefined, onChunk: () => void, told: (decision: ReplayedDecision) => void): Promise<Replay> {
  const policies = [{ name: 'built-in', policy: defaultPolicySet }];
  return await replay(
    historyOf(cycles, createRandom('backtest'), onChunk),
    { policies, misses: { startupMs: 120_000 }, onDecision: (_, decision) => told(decision), ...(threads !== undefined && { threads }) },
    new AbortController().signal,
  );
}

/** Decides a slice with one thread and with four, and asserts that books and decisions are the same bytes. */
async function compareThreads(): Promise<void> {
  const results = [];
  for (const threads of [1, 4]) {
    const decisions: ReplayedDecision[] = [];
    const { ledgers, threads: used } = await played(2 * chunkCycles, threads, () => {}, (decision) => decisions.push(decision));
    if (used !== threads) throw new Error(`${threads} threads were expected to decide, and ${used} did.`);
    results.push(JSON.stringify({ ledgers, decisions }));
  }
  if (results[0] !== results[1]) throw new Error('Four threads come to another result than one.');
}

export async function benchBacktest(cycles = weekCycles, threads?: number): Promise<BacktestBench> {
  compare(chunkFrom(0, comparedCycles, createRandom('backtest/compared')));
  await compareThreads();
  let peakMemoryMb = 0;
  const measure = (): void => void (peakMemoryMb = Math.max(peakMemoryMb, process.memoryUsage().rss / 1e6));
  const result = await played(cycles, threads, measure, () => {});
  return {
    backtestSeconds: result.decidingSeconds,
    threads: result.threads,
    variants: variantCount,
    cycles: result.cycles,
    changes: result.ledgers[0]?.ledger.decided.changes ?? 0,
    peakMemoryMb: Math.round(peakMemoryMb),
    comparedCycles,
  };
}

// node bench/lab/backtest.ts [cycles [threads]]
if (import.meta.main) {
  const [cycles, threads] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await benchBacktest(cycles, threads)));
}
