import { afterAll, describe, expect, it } from 'vitest';
import type { Reading, ReplicaReadings } from '../../src/model/index.ts';
import { createScrapeSource } from '../../src/prometheus/index.ts';
import { createManualClock, textResponse } from '../../src/runtime/index.ts';
import { readTape, tapeNames, type Tape, type TapePage } from './tape.ts';
import { blocksAt, inFlightAt, truthBetween, withoutFirstTokenAt } from './tape-truth.ts';

/**
 * The recordings are the truth: the pages of a genuine server go through the very scrape source that
 * production uses, and what it derives is held against what the client saw of the same seconds.
 *
 * How near the two can come is not a matter of taste. A page is made at one moment and counts exactly, so
 *   - completions and their lengths agree exactly;
 *   - arrivals differ by requests that the client has sent and the engine has not yet accepted (3 are the
 *     most ever on their way at a rate of 6/s and 0.1 s of way), at either end of a window;
 *   - prompt tokens differ by requests whose first token is on its way to the client: one or two of them;
 *   - tokens in flight are only known to the client as evenly spaced, which they are not under a changing
 *     load: 5 %, and exactly where a window begins and ends with nothing in flight;
 *   - the client's latencies are longer by the way there and back and by the reading of the prompt: some ms.
 */
const onlySums = ['vllm:request_prompt_tokens', 'vllm:request_generation_tokens', 'vllm:request_queue_time_seconds', 'vllm:e2e_request_latency_seconds'];
const names = tapeNames();
const lines: string[] = [];

if (names.length === 0) console.warn('skipped: what a genuine server showed (no recordings in ../shared/tapes, nor where WVA_TAPES says)');
// the figures are what the test is for
afterAll(() => console.log(lines.join('\n')));

describe.skipIf(names.length === 0)('what a genuine server showed and what its client saw', () => {
  for (const name of names.length > 0 ? names : ['no tapes beside the repository']) {
    describe(name, () => {
      const tape = names.length > 0 ? readTape(name) : { name, pages: [], requests: [], stages: [] };

      it('agrees over every stage and over the whole', async () => {
        const end = tape.pages.at(-1)?.atS ?? 0;
        for (const stage of [...tape.stages.filter(({ perSecond }) => perSecond > 0), { fromS: 0, toS: end, perSecond: Number.NaN }]) {
          await agreesOver(tape, stage.fromS, Math.min(stage.toS, end), Number.isNaN(stage.perSecond) ? 'whole' : `${stage.perSecond}/s`);
        }
      });

      it.each([60_000, 15_000])('knows the arrivals of every window of %d ms to two requests', async (windowMs) => {
        let worst = 0;
        const errors: number[] = [];
        await replay(tape, tape.pages, windowMs, (readings, page) => {
          const before = nearestBefore(tape, page, windowMs / 1000);
          if (!before) return;
          const seconds = page.atS - before.atS;
          const error = known(readings.arrivalsPerSecond) * seconds - truthBetween(tape, before.atS, page.atS).arrivals;
          errors.push(error);
          worst = Math.max(worst, Math.abs(error));
          expect(Math.abs(known(readings.completionsPerSecond) * seconds - truthBetween(tape, before.atS, page.atS).completions)).toBeLessThan(1.01);
        });
        const meanError = errors.reduce((a, b) => a + b, 0) / errors.length;
        lines.push(`${name}: arrivals over ${windowMs / 1000} s: ${errors.length} windows, worst ${worst.toFixed(1)} requests, mean ${meanError.toFixed(3)}`);
        expect(worst).toBeLessThan(2.01);
        // no bias: the engine neither misses nor invents requests
        expect(Math.abs(meanError)).toBeLessThan(0.2);
      });

      it('observes every request that leaves once in each histogram of which only the sum is read', () => {
        const apart = tape.pages.filter(({ text }) => {
          const count = (series: string): number => [...text.matchAll(new RegExp(`^${series}\\{[^}]*\\} (\\S+)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);
          const left = count('vllm:request_success_total');
          return onlySums.some((series) => count(`${series}_count`) !== left);
        });
        // a page is written while requests leave: of 119 pages, one counts one more in its last lines than in its first
        expect(apart.length).toBeLessThanOrEqual(1);
      });

      it('sees as many in flight, waiting and in the cache as the client does', async () => {
        let worst = { flight: 0, waiting: 0, blocks: 0 };
        await replay(tape, tape.pages, 60_000, (readings, page) => {
          const flight = known(readings.running) + known(readings.waiting);
          const client = page.clientInFlight;
          expect(Math.abs(client - inFlightAt(tape, page.atS)), 'the two records of the client').toBeLessThanOrEqual(1);
          const waiting = known(readings.waiting);
          const unanswered = withoutFirstTokenAt(tape, page.atS);
          const blocks = (known(readings.kvUsedFraction) * known(readings.kvCapacityTokens)) / 128;
          const needed = blocksAt(tape, page.atS, 128);
          worst = {
            flight: Math.max(worst.flight, Math.abs(flight - client)),
            waiting: Math.max(worst.waiting, Math.abs(waiting - unanswered)),
            // a preempted request has lost its blocks, and the client cannot know: only moments without any are compared
            blocks: waiting > 0 || needed > 63 ? worst.blocks : Math.max(worst.blocks, Math.abs(blocks - needed)),
          };
          expect(Math.abs(flight - client), `in flight at ${page.atS} s`).toBeLessThanOrEqual(2);
          // preempted requests wait although they had a first token, and prompts being read do not wait
          expect(Math.abs(waiting - unanswered), `waiting at ${page.atS} s`).toBeLessThanOrEqual(3);
          expect(readings.kvCapacityTokens).toMatchObject({ kind: 'fresh', value: 63 * 128 });
          expect(readings.asleep).toMatchObject({ kind: 'fresh', value: false });
        });
        lines.push(`${name}: worst difference at one moment: in flight ${worst.flight}, waiting ${worst.waiting}, blocks in use while none waits ${worst.blocks.toFixed(1)} of 63`);
        // evenly spaced tokens: a request may be a block ahead or behind; up to 14 are running at once
        expect(worst.blocks).toBeLessThanOrEqual(6);
      });
    });
  }
});

/** One reading over [fromS, toS], held against the client's view of the same. */
async function agreesOver(tape: Tape, fromS: number, toS: number, label: string): Promise<void> {
  // the pages were made some ms after each full five seconds
  const pages = tape.pages.filter(({ atS }) => atS >= fromS - 0.5 && atS <= toS + 0.5);
  const first = pages[0];
  const last = pages.at(-1);
  if (!first || !last) throw new Error(`Tape ${tape.name} has no pages between ${fromS} s and ${toS} s.`);
  const seconds = last.atS - first.atS;
  let readings: ReplicaReadings | undefined;
  await replay(tape, pages, seconds * 1000, (latest) => (readings = latest));
  if (!readings) throw new Error('Nothing was read.');
  const truth = truthBetween(tape, first.atS, last.atS);
  const ours = {
    arrivals: known(readings.arrivalsPerSecond) * seconds,
    completions: known(readings.completionsPerSecond) * seconds,
    promptTokens: known(readings.promptTokensPerSecond) * seconds,
    generationTokens: known(readings.generationTokensPerSecond) * seconds,
    meanPromptTokens: known(readings.meanPromptTokens),
    meanGenerationTokens: known(readings.meanGenerationTokens),
    ttftSeconds: known(readings.ttftSeconds),
    itlSeconds: known(readings.itlSeconds),
    e2eSeconds: known(readings.e2eSeconds),
  };
  const percent = (key: keyof typeof ours): string => `${((ours[key] / (truth[key] ?? Number.NaN) - 1) * 100).toFixed(2)} %`;
  const ms = (key: 'ttftSeconds' | 'e2eSeconds'): string => `${((ours[key] - (truth[key] ?? Number.NaN)) * 1000).toFixed(1)} ms`;
  lines.push(
    `${tape.name} ${label.padStart(6)}: arrivals ${ours.arrivals.toFixed(0)} of ${truth.arrivals}, completions ${ours.completions.toFixed(0)} of ${truth.completions}, ` +
      `prompt tokens ${percent('promptTokens')}, generated ${percent('generationTokens')}, ` +
      `TTFT ${ms('ttftSeconds')} (${percent('ttftSeconds')}), ITL ${percent('itlSeconds')}, e2e ${ms('e2eSeconds')} (${percent('e2eSeconds')})`,
  );
  const whole = label === 'whole';
  expect(Math.abs(ours.arrivals - truth.arrivals), `${label} arrivals`).toBeLessThan(whole ? 0.01 : 2.01);
  expect(ours.completions, `${label} completions`).toBeCloseTo(truth.completions, 6);
  expect(ours.meanPromptTokens, `${label} mean prompt`).toBeCloseTo(truth.meanPromptTokens ?? Number.NaN, 6);
  expect(ours.meanGenerationTokens, `${label} mean generation`).toBeCloseTo(truth.meanGenerationTokens ?? Number.NaN, 6);
  expect(Math.abs(ours.promptTokens - truth.promptTokens), `${label} prompt tokens`).toBeLessThanOrEqual(whole ? 0.01 : 2 * (truth.meanPromptTokens ?? 0));
  expect(Math.abs(ours.generationTokens / truth.generationTokens - 1), `${label} generated tokens`).toBeLessThan(whole ? 1e-9 : 0.05);
  expect(Math.abs(ours.itlSeconds / (truth.itlSeconds ?? Number.NaN) - 1), `${label} ITL`).toBeLessThan(whole ? 0.01 : 0.05);
  for (const key of ['ttftSeconds', 'e2eSeconds'] as const) {
    const later = (truth[key] ?? Number.NaN) - ours[key];
    expect(later, `${label} ${key}: the client cannot see it before the engine does`).toBeGreaterThan(0);
    expect(later, `${label} ${key}`).toBeLessThan(0.03);
  }
}

/** Serves each page at its time to the scrape source, on a manual clock. */
async function replay(tape: Tape, pages: readonly TapePage[], windowMs: number, each: (readings: ReplicaReadings, page: TapePage) => void): Promise<void> {
  const clock = createManualClock(1_700_000_000_000);
  let text = '';
  const source = createScrapeSource({ clock, windowMs, transport: async () => textResponse(200, text) });
  const pod = { namespace: 'models', pod: tape.name, uid: 'uid-1', ip: '10.0.0.1', ports: [8000], engine: 'vllm', modelID: 'tiny/llama' } as const;
  let nowMs = 0;
  for (const page of pages) {
    await clock.advance(Math.round(page.atS * 1000) - nowMs);
    nowMs = Math.round(page.atS * 1000);
    text = page.text;
    const samples = await source.collect([pod], new AbortController().signal);
    expect(samples.problems).toEqual([]);
    const sample = samples.pods[0];
    if (!sample) throw new Error('The source gave no sample for the pod.');
    expect(sample.modelName).toBe('tiny/llama');
    each(sample.readings, page);
  }
}

/** The earlier page whose distance is nearest to the window's length. */
function nearestBefore(tape: Tape, page: TapePage, windowS: number): TapePage | undefined {
  const earlier = tape.pages.filter(({ atS }) => atS <= page.atS - 1);
  return earlier.toSorted((a, b) => Math.abs(page.atS - a.atS - windowS) - Math.abs(page.atS - b.atS - windowS))[0];
}

/** NaN for what is missing: every comparison with it fails. */
function known(reading: Reading): number {
  return reading.kind === 'missing' ? Number.NaN : reading.value;
}
