import { createRandom } from '../../runtime/index.ts';
import type { ServingProfile } from '../../simulator/index.ts';
import { gatherEvidence } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { fitDecodeLaw } from './fit-law.ts';
import type { DecodeLaw, DecodeTimes } from './fit-law.ts';
import { nelderMead } from './nelder-mead.ts';
import { playLoad } from './play.ts';
import type { PlayedTape } from './play.ts';
import { readLimits } from './server-limits.ts';
import type { ServerLimits } from './server-limits.ts';
import type { Stage } from './stages.ts';
import type { Tape } from './tape.ts';
import { TapeError } from './tape.ts';

/** A recording, and which stages of it the fit may see. */
export interface FitSource {
  readonly tape: Tape;
  readonly stages: readonly Stage[];
}

export interface FitOptions {
  /** Take nothing from clients' logs. */
  readonly metricsOnly?: boolean;
  readonly limits?: Partial<ServerLimits>;
  /** Of the pauses, and of what is drawn where pages do not tell. */
  readonly seed?: string;
  /** From 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

export interface FittedServer {
  readonly profile: ServingProfile;
  /** Standard errors of what decoding shows, milliseconds. */
  readonly errors: DecodeTimes;
  /** What is left between the recordings and the model, for comparing two fits of the same recordings. */
  readonly distance: number;
  readonly notes: readonly string[];
}

/** Runs of chance that are averaged over in each step of the search; the same in every step. */
const runs = ['1', '2', '3', '4', '5', '6', '7', '8'];
const evaluations = 300;

/**
 * Finds a server's parameters. Base, per sequence and per resident token come from equations about what the server really did (least
 * squares, so no error feeds back through a queue); per prefill token, network and pauses from playing the load of the recording and
 * comparing TTFT of requests that did not queue and the tail of latencies between tokens; for each trial of these the former are solved anew.
 * @throws TapeError when too little happened in what it may see.
 */
export function fitServer(sources: readonly FitSource[], options: FitOptions = {}): FittedServer {
  const { metricsOnly = false, seed = 'fit', onProgress = () => {} } = options;
  const { limits, notes } = readLimits(sources.map(({ tape }) => tape), options.limits);
  const gather = (like?: readonly PlayedTape[]): readonly Evidence[] =>
    sources.map(({ tape, stages }, index) =>
      gatherEvidence(tape, stages, metricsOnly || tape.requests === undefined ? 'pages' : 'log', createRandom(seed).fork(`load ${tape.name}`), like?.[index]),
    );
  const fromPages = sources.filter(({ tape }) => metricsOnly || tape.requests === undefined);
  const first = search(gather(), limits, fromPages.length > 0 ? evaluations / 3 : evaluations, (done) => onProgress(fromPages.length > 0 ? done / 4 : done));
  // pages alone do not tell how sequences were spread within an interval: a run of the first fit does
  const found = fromPages.length === 0 ? first : search(gather(first.played), limits, evaluations, (done) => onProgress((1 + 3 * done) / 4));
  onProgress(1);
  const more = fromPages.length === 0 ? [] : [`Arrivals of ${fromPages.map(({ tape }) => tape.name).join(', ')} were taken from the server's own pages: their moments within an interval are drawn.`];
  return { profile: found.profile, errors: found.law.errors, distance: found.distance, notes: [...notes, ...more] };
}

interface Found {
  readonly profile: ServingProfile;
  readonly law: DecodeLaw;
  readonly distance: number;
  readonly played: readonly PlayedTape[];
}

function search(evidence: readonly Evidence[], limits: ServerLimits, steps: number, onProgress: (done: number) => void): Found {
  const equations = evidence.flatMap((one) => one.equations);
  const seen = evidence.filter(({ quietTtftSeconds }) => quietTtftSeconds > 0);
  if (equations.length < 5) throw new TapeError(`Expected at least 5 stretches of decoding to fit to, found ${equations.length}: the recordings, or the stages chosen, hold too little.`);
  if (seen.length === 0) throw new TapeError('Expected requests that did not queue, found none: nothing tells what a prompt costs. Record a stage with less load.');
  const weight = (of: (one: Evidence) => number): number => seen.reduce((total, one) => total + of(one), 0) / seen.length;
  const ttftMs = 1000 * weight((one) => one.quietTtftSeconds);
  const gapMs = 1000 * Math.max(weight((one) => one.meanInterTokenSeconds), 0.1);

  const firstPrefillMs = (0.7 * ttftMs) / weight((one) => one.promptTokens);

  const at = ([logPrefill = 0, network = 0, rate = 0, logPause = 0]: readonly number[]): { profile: ServingProfile; law: DecodeLaw } => {
    const [perPrefillTokenMs, networkMs, pausesPerSecond, pauseMs] = [Math.exp(logPrefill), Math.abs(network) * ttftMs, Math.abs(rate), Math.exp(logPause)];
    const law = fitDecodeLaw(equations, perPrefillTokenMs, 1 + (pausesPerSecond * pauseMs) / 1000);
    const { baseMs, perSequenceMs, perResidentTokenMs } = law;
    return {
      law,
      profile: { modelID: 'recorded', accelerator: 'recorded', baseMs, perPrefillTokenMs, perSequenceMs, perResidentTokenMs, networkMs, pausesPerSecond, pauseMs, ...limits, costPerHour: 0 },
    };
  };
  const play = (profile: ServingProfile, one: Evidence): readonly PlayedTape[] => runs.map((run) => playLoad(profile, one.load, one.pageSeconds, run));
  let tried = 0;
  const distance = (point: readonly number[]): number => {
    onProgress(Math.min(1, tried++ / steps));
    const { profile } = at(point);
    return evidence.reduce((total, one) => total + one.distance(play(profile, one)), 0);
  };
  const start = [Math.log(firstPrefillMs), 0.05, 1, Math.log(3 * gapMs)];
  // twice: with pauses about as often as a shared machine has them, and seldom ones; a simplex finds the nearest bottom only
  const rough = [1.5, 0.2].map((rate) => nelderMead(distance, start.with(2, rate), [0.3, 0.05, 0.5 * rate, 0.4], 0.3 * steps));
  const lower = rough.reduce((lowest, one) => (one.value < lowest.value ? one : lowest));
  // and once more from there: a simplex that became flat stops before the bottom
  const best = nelderMead(distance, lower.at, [0.1, 0.03, 0.3, 0.3], 0.4 * steps);
  const { profile, law } = at(best.at);
  return { profile, law, distance: best.value, played: evidence.map((one) => playLoad(profile, one.load, one.pageSeconds, runs[0] ?? '')) };
}
