import { sum } from '../../base/index.ts';
import type { RunResult, Scores } from '../runs/result.ts';
import type { LoadBook } from './load-book.ts';
import type { Latencies, ModelLedger } from './model-ledger.ts';
import type { ReplicaMeters } from './replica-meters.ts';
import type { ScaleLog } from './scale-log.ts';
import type { StagedVariant } from './stage-variants.ts';
import type { Theatre } from './theatre.ts';
import { tokensGiven } from './tokens-given.ts';

/** Seconds over and under need: of each model, and of any model at all. */
export interface NeedSeconds {
  readonly models: readonly { readonly over: number; readonly under: number }[];
  readonly over: number;
  readonly under: number;
}

const hourMs = 3_600_000;

export function scoreRun(theatre: Theatre, log: ScaleLog, need: NeedSeconds, book: LoadBook): Pick<RunResult, 'scores' | 'models' | 'variants'> {
  const { models, variants, meters, scenario } = theatre;
  const episodeMs = theatre.agenda.now();
  const all = models.map(({ ledger }) => ledger);
  const of = (ledgers: readonly ModelLedger[], its: readonly StagedVariant[], model: number | undefined, seconds: { readonly over: number; readonly under: number }): Scores => ({
    ...requestScores(ledgers, episodeMs / 1000),
    ...latencyScores(model === undefined ? theatre.latencies : ledgers[0]),
    ...replicaScores(its, meters, log, episodeMs),
    peakReplicas: meters.peak(model),
    overNeedSeconds: seconds.over,
    underNeedSeconds: seconds.under,
    leastMoney: sum(models.filter(({ index }) => model === undefined || index === model).map(({ index, ledger }) => book.leastMoney(index, attainmentOf([ledger])))),
    outputTokens: sum(models.filter(({ index }) => model === undefined || index === model).map(({ index }) => tokensOut(theatre, index))),
    preemptions: sum(models.filter(({ index }) => model === undefined || index === model).map(({ index }) => preemptions(theatre, index))),
    episodeSeconds: episodeMs / 1000,
  });
  return {
    scores: of(all, variants, undefined, need),
    models: models.map(({ index, ledger }) => ({
      model: scenario.models[index]?.id ?? '',
      scores: of([ledger], variants.filter(({ modelIndex }) => modelIndex === index), index, need.models[index] ?? { over: 0, under: 0 }),
    })),
    variants: variants.map((variant) => {
      const { replicaHours, money } = costOf([variant], meters);
      return { variant: variant.key, replicaHours, money };
    }),
  };
}

/** Where nothing came nothing was missed. */
function attainmentOf(ledgers: readonly ModelLedger[]): number {
  const requests = sum(ledgers.map(({ arrived }) => arrived));
  return requests === 0 ? 1 : sum(ledgers.map(({ good }) => good)) / requests;
}

function requestScores(ledgers: readonly ModelLedger[], seconds: number) {
  const total = (count: (ledger: ModelLedger) => number): number => sum(ledgers.map(count));
  const requests = total(({ arrived }) => arrived);
  const completed = total((ledger) => ledger.completed);
  const good = total((ledger) => ledger.good);
  return {
    requests,
    completed,
    failed: requests - completed,
    attainment: attainmentOf(ledgers),
    goodputPerSecond: seconds > 0 ? good / seconds : 0,
  };
}

function latencyScores(latencies: Latencies | undefined): Pick<Scores, 'ttftSeconds' | 'tpotSeconds'> {
  const ttft = latencies?.ttft.percentiles();
  const tpot = latencies?.tpot.percentiles();
  return { ...(ttft !== undefined && { ttftSeconds: ttft }), ...(tpot !== undefined && { tpotSeconds: tpot }) };
}

function replicaScores(variants: readonly StagedVariant[], meters: ReplicaMeters, log: ScaleLog, episodeMs: number) {
  const keys = variants.map(({ key }) => key);
  return {
    ...costOf(variants, meters),
    averageReplicas: episodeMs > 0 ? sum(keys.map((key) => meters.provisionedMs.get(key) ?? 0)) / episodeMs : 0,
    changes: sum(keys.map((key) => log.changes(key))),
    reversals: sum(keys.map((key) => log.reversals(key))),
  };
}

function costOf(variants: readonly StagedVariant[], meters: ReplicaMeters): Pick<Scores, 'replicaHours' | 'gpuHours' | 'money'> {
  const hours = (key: string): number => (meters.heldMs.get(key) ?? 0) / hourMs;
  return {
    replicaHours: sum(variants.map(({ key }) => hours(key))),
    gpuHours: sum(variants.map(({ key, acceleratorsPerReplica }) => hours(key) * acceleratorsPerReplica)),
    money: sum(variants.map(({ key, costPerHour }) => hours(key) * costPerHour)),
  };
}

/** Tokens that clients of a model got, those of answers that broke off included. */
export function tokensOut(theatre: Theatre, model: number): number {
  return (theatre.gone.generationTokens[model] ?? 0) + sum(theatre.enginesThere(model).map(tokensGiven));
}

function preemptions(theatre: Theatre, model: number): number {
  return (theatre.gone.preemptions[model] ?? 0) + sum(theatre.enginesThere(model).map(({ meters }) => meters.preemptions));
}
