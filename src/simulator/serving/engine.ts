import type { Agenda } from '../agenda.ts';
import type { ServingProfile } from './profile.ts';
import { planBatch, reserve } from './batch.ts';
import type { Batch } from './batch.ts';
import { createBlockPool } from './block-pool.ts';
import { createEngineMeters } from './engine-meters.ts';
import type { EngineMeters } from './engine-meters.ts';
import { iterationTime } from './iteration-time.ts';
import { endRequest } from './request.ts';
import type { InferenceRequest } from './request.ts';
import type { RequestPath } from './request-path.ts';
import { createSequence, inPrefill } from './sequence.ts';
import type { Sequence } from './sequence.ts';

/** What an engine does: everything, only prompts, or only the tokens after them. */
export type EngineRole = 'both' | 'prefill' | 'decode';

/** One vLLM engine: continuous batching with chunked prefill over a KV cache in blocks. */
export interface Engine {
  readonly profile: ServingProfile;
  readonly role: EngineRole;
  readonly meters: EngineMeters;
  running(): number;
  waiting(): number;
  kvUsedFraction(): number;
  /**
   * Takes a request from a client or router.
   * @param path.prefillAt a prefill server that computes the prompt first; only for a decode server.
   * @returns false when the request can never fit this engine; it has not ended then.
   */
  submit(request: InferenceRequest, path?: RequestPath): boolean;
  /** The client gives up: what the request held is free again, and it ends as timed out. @returns false when it is not here. */
  cancel(request: InferenceRequest): boolean;
  /** Tokens of prompts that wait to be let in. */
  waitingTokens(): number;
  /** Iterations take this many times as long from the next one on. */
  slowDown(factor: number): void;
  /** Calls `done` once nothing runs or waits any more. */
  whenEmpty(done: () => void): void;
  /** The process dies: everything in it is lost. */
  kill(): void;
}

/** A batch under way. Iteration i of it takes `firstMs + i × stepMs`: each decoded token stays resident. */
interface Run {
  readonly batch: Batch;
  startMs: number;
  firstMs: number;
  readonly stepMs: number;
  iterations: number;
  cancel: () => void;
}

export function createEngine(profile: ServingProfile, agenda: Agenda, options: { readonly role?: EngineRole } = {}): Engine {
  const { role = 'both' } = options;
  const pool = createBlockPool(profile.kvBlocks, profile.blockTokens);
  const meters = createEngineMeters(profile.maxModelTokens);
  const running: Sequence[] = [];
  const waiting: Sequence[] = [];
  let run: Run | undefined;
  let factor = 1;
  let onEmpty: (() => void) | undefined;

  function plan(atMs: number): void {
    const batch = planBatch(running, waiting, pool, profile, atMs, () => {
      meters.preemptions += 1;
    });
    if (batch === undefined) {
      if (running.length + waiting.length === 0) onEmpty?.();
      return;
    }
    const { firstMs, stepMs } = iterationTime(profile, batch.load);
    run = { batch, startMs: atMs, firstMs: factor * firstMs, stepMs: factor * stepMs, iterations: batch.iterations, cancel: () => {} };
    arm(run);
  }

  function arm(current: Run): void {
    current.cancel();
    const endMs = current.startMs + duration(current, current.iterations);
    current.cancel = agenda.at(endMs, () => {
      advance(current, current.iterations);
      run = undefined;
      plan(endMs);
    });
  }

  /** Carries out the iterations of the run that have ended by now, so that whoever looks sees them. */
  function settle(): void {
    if (run === undefined || run.iterations === 1) return;
    const done = Math.min(run.iterations - 1, finishedBy(run, agenda.now()));
    if (done > 0) advance(run, done);
  }

  function advance(current: Run, iterations: number): void {
    const { batch, startMs, firstMs, stepMs } = current;
    const endMs = startMs + duration(current, iterations);
    let sampled = 0;
    for (const { sequence, tokens } of batch.work) {
      const prefill = inPrefill(sequence);
      sequence.computed += prefill ? tokens : iterations;
      if (inPrefill(sequence)) continue;
      sampled += 1;
      sequence.generated += prefill ? 1 : iterations;
      if (!prefill && iterations === 1) meters.interToken.observe((endMs - (sequence.lastTokenAtMs ?? startMs)) / 1000);
      if (prefill && sequence.firstTokenAtMs !== undefined) {
        meters.interToken.observe((endMs - (sequence.lastTokenAtMs ?? startMs)) / 1000);
      }
      if (sequence.firstTokenAtMs === undefined) firstToken(sequence, endMs);
      sequence.lastTokenAtMs = endMs;
    }
    if (iterations > 1) meters.interToken.observeSeries(firstMs / 1000, stepMs / 1000, iterations, batch.work.length);
    meters.generationTokens += sampled * iterations;
    const promptTokens = iterations === 1 ? promptsFinished(batch, endMs) : 0;
    meters.iterationTokens.observe(sampled + promptTokens, iterations);
    current.startMs = endMs;
    current.firstMs += stepMs * iterations;
    current.iterations -= iterations;
    for (const { sequence } of batch.work) {
      if (sequence.generated >= sequence.request.generationTokens) finish(sequence, endMs);
      else if (current.iterations > 0) reserve(sequence, 1, pool);
    }
  }

  function promptsFinished(batch: Batch, endMs: number): number {
    let tokens = 0;
    for (const { sequence } of batch.work) {
      if (sequence.firstTokenAtMs === endMs && sequence.generated === 1) tokens += sequence.request.promptTokens;
    }
    return tokens;
  }

  function firstToken(sequence: Sequence, atMs: number): void {
    const { request } = sequence;
    sequence.firstTokenAtMs = atMs;
    request.firstTokenAtMs = atMs + profile.networkMs;
    meters.promptTokens += request.promptTokens;
    meters.prefixQueries += request.promptTokens;
    meters.ttft.observe((atMs - sequence.enteredAtMs) / 1000);
    sequence.path.onFirstToken?.(request);
  }

  function finish(sequence: Sequence, atMs: number): void {
    const { request } = sequence;
    running.splice(running.indexOf(sequence), 1);
    pool.give(sequence.blocks);
    sequence.blocks = 0;
    const admittedAtMs = sequence.admittedAtMs ?? atMs;
    const firstAtMs = sequence.firstTokenAtMs ?? atMs;
    meters.succeeded += 1;
    meters.requestPromptTokens.observe(request.promptTokens);
    meters.requestGenerationTokens.observe(request.generationTokens);
    meters.requestPreemptions.observe(sequence.preemptions);
    meters.endToEnd.observe((atMs - sequence.enteredAtMs) / 1000);
    meters.queue.observe((admittedAtMs - sequence.enteredAtMs) / 1000);
    meters.inference.observe((atMs - admittedAtMs) / 1000);
    meters.prefill.observe((firstAtMs - admittedAtMs) / 1000);
    meters.decode.observe((atMs - firstAtMs) / 1000);
    if (request.generationTokens > 1) {
      meters.perOutputToken.observe((atMs - firstAtMs) / 1000 / (request.generationTokens - 1));
    }
    endRequest(request, 'completed', atMs + profile.networkMs);
    sequence.path.onEnd?.(request);
  }

  return {
    profile,
    role,
    meters,
    running() {
      settle();
      return running.length;
    },
    waiting: () => waiting.length,
    kvUsedFraction() {
      settle();
      return 1 - pool.free() / pool.usable;
    },
    submit(request, path) {
      const tokens = request.promptTokens + request.generationTokens;
      if (tokens > profile.maxModelTokens || pool.blocksFor(tokens) > pool.usable) return false;
      waiting.push(createSequence(request, agenda.now(), path));
      if (run === undefined) {
        plan(agenda.now());
      } else if (waiting.length === 1 && run.iterations > 1) {
        // it may be let in after the iteration that is under way: the run of equal ones ends there
        settle();
        run.iterations = 1;
        arm(run);
      }
      return true;
    },
    cancel(request) {
      settle();
      const place = [running, waiting].find((sequences) => sequences.some((sequence) => sequence.request === request));
      const sequence = place?.find((candidate) => candidate.request === request);
      if (place === undefined || sequence === undefined) return false;
      place.splice(place.indexOf(sequence), 1);
      pool.give(sequence.blocks);
      sequence.blocks = 0;
      meters.aborted += 1;
      endRequest(request, 'timed-out', agenda.now());
      sequence.path.onEnd?.(request);
      return true;
    },
    waitingTokens: () => waiting.reduce((total, { prefillTarget }) => total + prefillTarget, 0),
    slowDown(next) {
      factor = next;
    },
    whenEmpty(done) {
      onEmpty = done;
      if (running.length + waiting.length === 0) done();
    },
    kill() {
      run?.cancel();
      run = undefined;
      const all = [...running.splice(0), ...waiting.splice(0)];
      for (const sequence of all) {
        pool.give(sequence.blocks);
        sequence.blocks = 0;
        meters.aborted += 1;
        endRequest(sequence.request, 'lost', agenda.now());
        sequence.path.onEnd?.(sequence.request);
      }
    },
  };
}

function duration(run: Run, iterations: number): number {
  return iterations * run.firstMs + (run.stepMs * iterations * (iterations - 1)) / 2;
}

/** How many whole iterations of a run end by `atMs`. */
function finishedBy(run: Run, atMs: number): number {
  let low = 0;
  let high = run.iterations;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (run.startMs + duration(run, middle) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
