import { describe, expect, it } from 'vitest';
import { quantile } from '../../src/base/index.ts';
import { createManualClock } from '../../src/runtime/index.ts';
import { createAgenda } from '../../src/simulator/agenda.ts';
import { createEngine } from '../../src/simulator/serving/engine.ts';
import type { InferenceRequest } from '../../src/simulator/serving/request.ts';
import { readTape, tapeNames } from './tape.ts';
import type { Tape } from './tape.ts';

// Five parameters fitted to tape b alone (random search over the logarithmic error of first token and end), as any
// user would fit them to a server of theirs. Tapes a and c were not looked at.
const fitted = {
  modelID: 'tiny/llama', accelerator: 'cpu',
  baseMs: 7.84, perPrefillTokenMs: 0.248, perSequenceMs: 0.683, perResidentTokenMs: 0.000228, networkMs: 17.4,
  maxSequences: 16, tokenBudget: 2048, kvBlocks: 64, blockTokens: 128, maxModelTokens: 2048, costPerHour: 0,
  // fitted while a preempted request computed everything again
  prefixCaching: false,
};

interface Seen {
  readonly ttft: readonly number[];
  readonly tpot: readonly number[];
  readonly e2e: readonly number[];
  readonly peakWaiting: number;
  readonly preemptions: number;
}

function genuine({ requests, pages }: Tape): Seen {
  const last = (name: string, text: string): number => Number(new RegExp(`^vllm:${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    ttft: requests.map(({ atS, firstTokenS }) => firstTokenS - atS),
    tpot: requests.map(({ firstTokenS, endS, outputTokens }) => (endS - firstTokenS) / (outputTokens - 1)),
    e2e: requests.map(({ atS, endS }) => endS - atS),
    peakWaiting: Math.max(...pages.map(({ text }) => last('num_requests_waiting', text))),
    preemptions: last('num_preemptions_total', pages.at(-1)?.text ?? ''),
  };
}

async function simulated({ requests }: Tape): Promise<Seen> {
  const clock = createManualClock(0);
  const agenda = createAgenda(clock, 1000);
  const engine = createEngine(fitted, agenda);
  const ended: InferenceRequest[] = [];
  let peakWaiting = 0;
  for (const [id, { atS, inputTokens, outputTokens }] of requests.entries()) {
    agenda.at(atS * 1000, () => {
      engine.submit({ id, modelID: 'm', arrivedAtMs: atS * 1000, promptTokens: inputTokens, generationTokens: outputTokens, onEnd: (request) => ended.push(request) });
    });
  }
  for (let atS = 0; atS < 300; atS += 5) agenda.at(atS * 1000, () => (peakWaiting = Math.max(peakWaiting, engine.waiting())));
  agenda.start();
  await clock.advance(600_000);
  agenda.stop();
  const seconds = ended.map(({ arrivedAtMs, firstTokenAtMs = Number.NaN, endedAtMs = Number.NaN, generationTokens }) => ({
    ttft: (firstTokenAtMs - arrivedAtMs) / 1000,
    tpot: (endedAtMs - firstTokenAtMs) / 1000 / (generationTokens - 1),
    e2e: (endedAtMs - arrivedAtMs) / 1000,
  }));
  return {
    ttft: seconds.map(({ ttft }) => ttft), tpot: seconds.map(({ tpot }) => tpot), e2e: seconds.map(({ e2e }) => e2e),
    peakWaiting, preemptions: engine.meters.preemptions,
  };
}

const names = tapeNames();

describe.skipIf(names.length === 0)(`the simulated engine beside the genuine one${names.length === 0 ? ' (no tapes here)' : ''}`, () => {
  it.each(names)('predicts what clients saw on %s', async (name) => {
    const tape = readTape(name);
    const [truth, model] = [genuine(tape), await simulated(tape)];
    const off = (part: 'ttft' | 'tpot' | 'e2e', fraction: number): number => (quantile(model[part], fraction) ?? 0) / (quantile(truth[part], fraction) ?? 1) - 1;
    const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
    const rows = (['ttft', 'tpot', 'e2e'] as const).map((part) => `${part} median ${percent(off(part, 0.5))}, P90 ${percent(off(part, 0.9))}`);
    process.stdout.write(`${name}: ${rows.join('; ')}; peak queue ${model.peakWaiting} for ${truth.peakWaiting}; preemptions ${model.preemptions} for ${truth.preemptions}\n`);
    expect(model.e2e).toHaveLength(truth.e2e.length);
    expect(Math.abs(off('tpot', 0.5))).toBeLessThan(0.15);
    expect(Math.abs(off('e2e', 0.5))).toBeLessThan(0.25);
    expect(Math.abs(off('e2e', 0.9))).toBeLessThan(0.25);
    // the queue adds up every error of throughput, so its head start shows most in the first token
    expect(Math.abs(off('ttft', 0.5))).toBeLessThan(0.45);
    expect(Math.abs(model.peakWaiting - truth.peakWaiting)).toBeLessThanOrEqual(Math.max(2, 0.2 * truth.peakWaiting));
    expect(Math.abs(model.preemptions - truth.preemptions)).toBeLessThanOrEqual(Math.max(3, 0.25 * truth.preemptions));
  });
});
