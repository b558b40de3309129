import type { Random } from '../../runtime/index.ts';
import type { Agenda } from '../agenda.ts';
import { createDecodeGroup } from './decode-group.ts';
import { createEngineMeters } from './engine-meters.ts';
import type { EngineMeters } from './engine-meters.ts';
import { recordEnd, recordFirstToken, recordFound } from './engine-record.ts';
import { createHandovers } from './handovers.ts';
import { iterationTime } from './iteration-time.ts';
import { createKvCache } from './kv-cache.ts';
import { createPauses } from './pauses.ts';
import { createSglangPlanner } from './plan-sglang.ts';
import { vllmPlanner } from './plan-vllm.ts';
import type { ServingProfile } from './profile.ts';
import { endRequest } from './request.ts';
import type { Ending, InferenceRequest } from './request.ts';
import type { PrefillServer, RequestPath } from './request-path.ts';
import { duration, finishedBy } from './run.ts';
import type { Run } from './run.ts';
import type { Planner, Schedule } from './schedule.ts';
import { createSequence, tokensToSample } from './sequence.ts';
import type { Sequence } from './sequence.ts';
import { createTokenGaps } from './token-gaps.ts';
import { createWaitingQueue } from './waiting-queue.ts';

/** What an engine does: everything, only prompts, or only the tokens after them. */
export type EngineRole = 'both' | 'prefill' | 'decode';

/** One engine: continuous batching with chunked prefill over a KV cache in blocks. docs/design/serving-model.md says what of it is modelled. */
export interface Engine extends PrefillServer {
  readonly profile: ServingProfile;
  readonly role: EngineRole;
  /** As of now. */
  readonly meters: EngineMeters;
  running(): number;
  /** Waiting to be let in, those whose KV cache is on its way included. */
  waiting(): number;
  /** Tokens of prompts that wait to be computed. */
  waitingTokens(): number;
  /** Requests that a prefill server still works on before they come here. */
  expected(): number;
  /** Of the waiting, those whose KV cache is on its way here. */
  copying(): number;
  /** Computed prompts that a decode server has not copied yet. */
  handingOver(): number;
  kvUsedFraction(): number;
  /**
   * Takes a request from a client or router.
   * @param path.prefillAt a prefill server that computes the prompt first; only for a decode server.
   * @returns false when the request can never fit this engine; it has not ended then.
   */
  submit(request: InferenceRequest, path?: RequestPath): boolean;
  /** The client gives up: what the request held is free again, and it ends as timed out. @returns false when it is not here. */
  cancel(request: InferenceRequest): boolean;
  /** Iterations take this many times as long from the next one on. */
  slowDown(factor: number): void;
  /** Calls `done` once nothing runs or waits any more. */
  whenEmpty(done: () => void): void;
  /** The process dies: everything in it is lost. */
  kill(): void;
  /** Blocks that nobody holds, counted one by one: for tests of conservation. */
  countFreeBlocks(): number;
}

export interface EngineOptions {
  readonly role?: EngineRole;
  /** For the pauses of a profile that has them; without it there are none. */
  readonly random?: Random;
}

export function createEngine(profile: ServingProfile, agenda: Agenda, options: EngineOptions = {}): Engine {
  const { role = 'both', random } = options;
  const cache = createKvCache(profile.kvBlocks, profile.blockTokens, profile.prefixCaching ?? true);
  const group = createDecodeGroup(cache);
  const waiting = createWaitingQueue();
  const running: Sequence[] = [];
  const meters = createEngineMeters(profile);
  const gaps = createTokenGaps(group, meters.interToken);
  const pauses = createPauses(profile, random);
  const inside = new Map<InferenceRequest, Sequence>();
  const planner: Planner = profile.engine === 'sglang' ? createSglangPlanner() : vllmPlanner;
  let order = 0;
  let run: Run | undefined;
  let factor = 1;
  let onEmpty: (() => void) | undefined;

  const handovers = createHandovers(profile, agenda, {
    arrived(sequence) {
      sequence.enteredAtMs = agenda.now();
      waiting.push(sequence);
      wake();
    },
    copied(sequence) {
      waiting.pushHolding(sequence);
      wake();
    },
    lost(sequence) {
      drop(sequence);
      end(sequence, 'lost', agenda.now());
      wake();
    },
    released(sequence) {
      cache.release(sequence, false);
      inside.delete(sequence.request);
      wake();
    },
  });

  const schedule: Schedule = {
    limits: profile,
    cache,
    running,
    group,
    waiting,
    partial: undefined,
    onPreempt(sequence, decoded) {
      meters.preemptions += 1;
      if (decoded) gaps.interrupted(sequence);
    },
    onFound(sequence) {
      if (sequence.preemptions > 0) return;
      sequence.cachedTokens = sequence.computed;
      recordFound(meters, sequence);
    },
    onAdmit(sequence) {
      sequence.admittedAtMs ??= agenda.now();
    },
    onTransfer: (sequence) => handovers.transfer(sequence),
  };

  function plan(atMs: number): void {
    const batch = planner.plan(schedule);
    if (batch === undefined) {
      tellIfEmpty();
      return;
    }
    const { firstMs, stepMs } = iterationTime(profile, batch.load);
    meters.prefillTokensComputed += batch.load.prefillTokens;
    const pauseMs = pauses?.take() ?? 0;
    run = { batch, startMs: atMs, firstMs: factor * firstMs + pauseMs, stepMs: factor * stepMs, iterations: batch.iterations, cancel: undefined };
    // the iteration in which a pause comes is one of its own
    if (pauses !== undefined) run.iterations = pauseMs > 0 ? 1 : Math.max(1, finishedBy(run, atMs + pauses.untilMs(), batch.iterations));
    arm(run);
  }

  function arm(current: Run): void {
    current.cancel?.();
    const endMs = current.startMs + duration(current, current.iterations);
    current.cancel = agenda.at(endMs, () => {
      advance(current, current.iterations);
      run = undefined;
      plan(endMs);
    });
  }

  /** Something has changed that the next plan may make use of: a run of equal iterations ends with the one that is under way. */
  function wake(): void {
    if (run === undefined) {
      plan(agenda.now());
    } else if (run.iterations > 1) {
      settle();
      run.iterations = 1;
      arm(run);
    }
  }

  /** Carries out the iterations of the run that have ended by now, so that whoever looks sees them. */
  function settle(): void {
    if (run === undefined || run.iterations <= 1) return;
    const done = finishedBy(run, agenda.now(), run.iterations - 1);
    if (done > 0) advance(run, done);
  }

  function advance(current: Run, iterations: number): void {
    const { batch, startMs, firstMs, stepMs } = current;
    const endMs = startMs + duration(current, iterations);
    pauses?.pass(endMs - startMs);
    current.startMs = endMs;
    current.firstMs += stepMs * iterations;
    current.iterations -= iterations;
    let sampled = 0;
    if (batch.decodes) {
      sampled = group.size();
      gaps.ran(startMs, firstMs, stepMs, iterations, endMs);
      group.advance(iterations);
      planner.decoded?.(iterations);
      meters.decodedTokens += sampled * iterations;
      if (current.iterations > 0) group.reserveNext();
    }
    let promptTokens = 0;
    for (const { sequence, tokens } of batch.prefills) {
      if (sequence.gone) continue;
      sequence.computed += tokens;
      schedule.partial = sequence.computed < sequence.prefillTarget ? sequence : undefined;
      if (schedule.partial !== undefined) continue;
      sampled += 1;
      sequence.generated += 1;
      if (sequence.generated === 1) promptTokens += sequence.request.promptTokens;
      gaps.joined(sequence, endMs);
      group.join(sequence);
    }
    meters.generationTokens += sampled * iterations;
    meters.iterationTokens.observe(sampled + promptTokens, iterations);
    for (const { sequence } of batch.prefills) {
      if (!sequence.gone && sequence.generated === 1 && sequence.firstTokenAtMs === undefined) firstToken(sequence, endMs);
    }
    for (let ended = group.popEnded(); ended !== undefined; ended = group.popEnded()) finish(ended, endMs);
  }

  function firstToken(sequence: Sequence, atMs: number): void {
    sequence.firstTokenAtMs = atMs;
    recordFirstToken(meters, sequence, atMs);
    if (sequence.handover !== undefined) return;
    sequence.request.firstTokenAtMs = atMs + profile.networkMs;
    sequence.path.onFirstToken?.(sequence.request);
  }

  function finish(sequence: Sequence, atMs: number): void {
    running.splice(running.indexOf(sequence), 1);
    gaps.left(sequence);
    recordEnd(meters, sequence, tokensToSample(sequence), atMs);
    if (sequence.handover !== undefined) {
      handovers.offer(sequence, sequence.handover);
      return;
    }
    cache.release(sequence, false);
    end(sequence, 'completed', atMs + profile.networkMs);
  }

  function end(sequence: Sequence, ending: Ending, atMs: number): void {
    sequence.gone = true;
    inside.delete(sequence.request);
    if (ending !== 'completed') meters.aborted += 1;
    endRequest(sequence.request, ending, atMs);
    sequence.path.onEnd?.(sequence.request);
  }

  /** Takes a sequence out of wherever it is, and frees what it holds. */
  function drop(sequence: Sequence): void {
    settle();
    sequence.gone = true;
    const at = running.indexOf(sequence);
    if (at !== -1) {
      running.splice(at, 1);
      gaps.left(sequence);
      if (schedule.partial === sequence) schedule.partial = undefined;
      if (sequence.decoding) group.leave(sequence);
    } else {
      waiting.remove(sequence);
    }
    handovers.forget(sequence);
    cache.release(sequence, false);
    inside.delete(sequence.request);
  }

  function tellIfEmpty(): void {
    if (inside.size === 0) onEmpty?.();
  }

  function fitsEver(tokens: number): boolean {
    return tokens <= profile.maxModelTokens && cache.blocksFor(tokens) <= cache.usable;
  }

  function enter(sequence: Sequence): void {
    const first = waiting.size() === 0;
    waiting.push(sequence);
    // behind others it cannot be let in before they are
    if (first || run === undefined) wake();
  }

  return {
    profile,
    role,
    link: handovers.link,
    get meters() {
      settle();
      return meters;
    },
    running: () => running.length,
    waiting: () => waiting.size() + handovers.copying(),
    waitingTokens: () => waiting.tokens(),
    expected: () => handovers.expected(),
    copying: () => handovers.copying(),
    handingOver: () => handovers.offered(),
    kvUsedFraction() {
      settle();
      return 1 - cache.free() / cache.usable;
    },
    submit(request, path = {}) {
      if (!fitsEver(request.promptTokens + request.generationTokens)) return false;
      const sequence = createSequence(request, order++, agenda.now(), path);
      inside.set(request, sequence);
      if (path.prefillAt === undefined || !handovers.expect(sequence, path.prefillAt)) enter(sequence);
      return true;
    },
    computePrompt(request, handover) {
      if (!fitsEver(request.promptTokens + 1)) return false;
      const sequence = createSequence(request, order++, agenda.now(), {}, handover);
      inside.set(request, sequence);
      enter(sequence);
      return true;
    },
    releasePrompt(request) {
      const sequence = inside.get(request);
      if (sequence === undefined) return;
      if (handovers.release(sequence)) return;
      meters.aborted += 1;
      drop(sequence);
      wake();
    },
    cancel(request) {
      const sequence = inside.get(request);
      if (sequence === undefined || sequence.handover !== undefined) return false;
      drop(sequence);
      end(sequence, 'timed-out', agenda.now());
      wake();
      return true;
    },
    slowDown(next) {
      if (next === factor) return;
      factor = next;
      if (run !== undefined) wake();
    },
    whenEmpty(done) {
      onEmpty = done;
      tellIfEmpty();
    },
    kill() {
      settle();
      run?.cancel?.();
      run = undefined;
      for (const sequence of inside.values()) {
        if (sequence.gone) continue;
        drop(sequence);
        if (sequence.handover === undefined) end(sequence, 'lost', agenda.now());
        else sequence.handover.onLost();
      }
    },
    countFreeBlocks: () => cache.countFree(),
  };
}
