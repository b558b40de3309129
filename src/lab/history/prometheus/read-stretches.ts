import { writeDuration } from '../../../base/index.ts';
import { Failure } from '../../../prometheus/index.ts';
import type { HistoryGap } from '../history.ts';
import { countSamples, type Answers } from './answers.ts';
import { ask, isTooMuch, mostCycles, type Question } from './ask.ts';
import type { ChunkStore, Stretch } from './chunk-store.ts';

export interface ReadOptions {
  readonly question: Question;
  readonly store: ChunkStore;
  /** First and last cycle of all. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly gaps: HistoryGap[];
  readonly onRead: (read: { readonly stretch: Stretch; readonly samples: number; readonly stored: boolean }) => void;
}

/** About 15 MB of JSON: few enough to be parsed in a second, far from the 50 million at which Prometheus refuses. */
const samplesAtOnce = 400_000;
const firstLengthMs = 30 * 60_000;
const longestMs = 12 * 3_600_000;
const pausesMs = [1000, 4000];

/**
 * All of a history, stretch by stretch, as long as one answer may be. Where an answer is refused as too much, half as much is
 * asked for; where Prometheus does not answer at all, it is asked three times, and then history ends there.
 */
export async function* readStretches(options: ReadOptions, signal: AbortSignal): AsyncGenerator<{ stretch: Stretch; answers: Answers }> {
  const { question, store, toMs: endMs, gaps, onRead } = options;
  const { stepMs } = question;
  let cycles = cyclesIn(firstLengthMs, stepMs);
  let atMs = options.fromMs;
  while (atMs <= endMs) {
    signal.throwIfAborted();
    const stored = await store.find(atMs, endMs);
    if (stored) {
      onRead({ stretch: stored.stretch, samples: countSamples(stored.answers), stored: true });
      yield stored;
      atMs = stored.stretch.toMs + stepMs;
      continue;
    }
    // up to where a kept one begins: behind a broken file, all that follows would be asked for again
    const untilNext = (((await store.nextAfter(atMs)) ?? Infinity) - atMs) / stepMs;
    const stretch = { fromMs: atMs, toMs: Math.min(endMs, atMs + (Math.min(cycles, Math.ceil(untilNext)) - 1) * stepMs) };
    const answers = await insist(question, stretch, signal);
    if (answers instanceof Failure) {
      if (isTooMuch(answers) && stretch.toMs > stretch.fromMs) {
        cycles = Math.max(1, Math.floor(((stretch.toMs - stretch.fromMs) / stepMs + 1) / 2));
        continue;
      }
      gaps.push({ fromMs: atMs, toMs: endMs, why: endedBy(answers, stretch, options) });
      return;
    }
    await store.keep(stretch, answers);
    const samples = countSamples(answers);
    onRead({ stretch, samples, stored: false });
    yield { stretch, answers };
    atMs = stretch.toMs + stepMs;
    // no more than twice as long at once: load may grow, and an answer that is refused costs its time
    cycles = Math.min(cyclesIn(longestMs, stepMs), cycles * 2, Math.max(1, Math.floor((cycles * samplesAtOnce) / Math.max(1, samples))));
  }
}

function cyclesIn(ms: number, stepMs: number): number {
  return Math.max(1, Math.min(mostCycles, Math.floor(ms / stepMs)));
}

async function insist(question: Question, stretch: Stretch, signal: AbortSignal): Promise<Answers | Failure> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(question, stretch, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure)) throw error;
      const pauseMs = pausesMs[attempt];
      if (isTooMuch(error) || pauseMs === undefined) return error;
      await question.clock.sleep(pauseMs, signal);
    }
  }
}

function endedBy(failure: Failure, { fromMs, toMs }: Stretch, { question, fromMs: beginMs }: ReadOptions): string {
  const chunk = `${when(fromMs)} to ${when(toMs)} (${(toMs - fromMs) / question.stepMs + 1} cycles of ${writeDuration(question.stepMs)})`;
  const before = fromMs > beginMs ? `What was read up to ${when(fromMs - question.stepMs)} is kept and used; the same command goes on from there.` : 'Nothing had been read before it.';
  return `The samples from ${chunk} were expected, and Prometheus ${failure.message}. ${before}`;
}

function when(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
