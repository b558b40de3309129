import { expect, it } from 'vitest';
import { learnSequences, seenBound } from '../../src/decide/learn/most-sequences.ts';
import { learnShape, shapeOf } from '../../src/decide/learn/shape.ts';
import type { ReplicaObservation, SequencesMemory, ShapeMemory } from '../../src/model/index.ts';
import { createScrapeSource } from '../../src/prometheus/index.ts';
import { createManualClock, createRandom, textResponse, type Random } from '../../src/runtime/index.ts';
import { createAgenda } from '../../src/simulator/agenda.ts';
import { createEngine } from '../../src/simulator/serving/engine.ts';
import { writeMetricsPage } from '../../src/simulator/serving/metrics-page.ts';
import type { ServingProfile } from '../../src/simulator/serving/profile.ts';
import { readTape, tapeNames } from './tape.ts';

const server: ServingProfile = {
  modelID: 'm', accelerator: 'A100', baseMs: 12, perPrefillTokenMs: 0.05, perSequenceMs: 0.05, perResidentTokenMs: 0.00008, networkMs: 0,
  maxSequences: 1024, tokenBudget: 2048, kvBlocks: 25_000, blockTokens: 16, maxModelTokens: 32_000, costPerHour: 1,
};
const replicas = 2;

interface Flood {
  readonly prompts: readonly [number, number];
  readonly answers: readonly [number, number];
  /** Requests that wait before each. */
  readonly queue: number;
}

/** What is learned from the pages of servers before which requests wait all the time for ten minutes, and the most that one of them ran. */
async function flooded(profile: Partial<ServingProfile>, { prompts, answers, queue }: Flood): Promise<{ readonly bound: number | undefined; readonly most: number }> {
  const clock = createManualClock(1_700_000_000_000);
  const random = createRandom('most-sequences');
  const agenda = createAgenda(clock);
  const engines = Array.from({ length: replicas }, () => createEngine({ ...server, ...profile }, agenda));
  agenda.start();
  let id = 0;
  function flood(): void {
    for (const engine of engines) {
      const upTo = queue * (0.5 + random.next());
      while (engine.waiting() < upTo) engine.submit({ id: id++, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens: between(prompts, random), generationTokens: between(answers, random), onEnd: () => undefined });
    }
    agenda.at(agenda.now() + 500, flood);
  }
  agenda.at(clock.now(), flood);
  const sources = engines.map((engine) => createScrapeSource({ clock, transport: async () => {
    agenda.catchUp();
    return textResponse(200, writeMetricsPage(engine, 'current'));
  } }));
  const pod = { namespace: 'n', pod: 'p', uid: 'u', ip: '10.0.0.1', ports: [8000], engine: profile.engine ?? 'vllm', modelID: 'm' } as const;
  let memory: SequencesMemory | undefined;
  let shape: ShapeMemory | undefined;
  for (let look = 0; look < 40; look++) {
    await clock.advance(15_000);
    const serving = (await Promise.all(sources.map((source) => source.collect([pod], new AbortController().signal)))).flatMap(({ pods }) => pods) as unknown as ReplicaObservation[];
    shape = learnShape(shape, serving, clock.now(), 'all');
    memory = learnSequences(memory, serving, { shape: shapeOf(shape), stage: 'all', budgetTokens: server.tokenBudget, heldAtRouter: false });
  }
  return { bound: memory && seenBound(memory, clock.now()), most: memory?.most ?? 0 };
}

function between([least, most]: readonly [number, number], random: Random): number {
  return least + random.integer(most - least + 1);
}

const engines = ['vllm', 'sglang'] as const;
const chat = { prompts: [100, 500], answers: [50, 300], queue: 40 } as const;

it.each(engines.flatMap((engine) => [4, 16, 128].map((maxSequences) => [engine, maxSequences] as const)))('a server of %s that runs %d sequences at once shows it', async (engine, maxSequences) => {
  expect(await flooded({ ...(engine === 'sglang' && { engine }), maxSequences }, chat)).toEqual({ bound: maxSequences, most: maxSequences });
});

it.each(engines.flatMap((engine) => ([
  ['whose prompts fill the iterations', {}, { prompts: [3000, 5000], answers: [200, 400], queue: 60 }],
  ['whose prompts fill smaller iterations than they are thought to have', { tokenBudget: 512 }, { prompts: [500, 1500], answers: [100, 300], queue: 60 }],
  ['whose cache is full', { kvBlocks: 2000 }, { prompts: [500, 1500], answers: [100, 300], queue: 60 }],
  ['whose cache has no room for long prompts', { kvBlocks: 2000 }, { prompts: [2000, 15_000], answers: [100, 300], queue: 60 }],
  ['that is not full all the time', { maxSequences: 256 }, { prompts: [20, 50], answers: [30, 50], queue: 60 }],
] as const).map(([name, profile, flood]) => [engine, name, profile, flood] as const)))('a server of %s %s shows no bound', async (engine, _, profile, flood) => {
  const { bound, most } = await flooded({ ...(engine === 'sglang' && { engine }), ...profile }, flood);
  expect(bound).toBeUndefined();
  expect(most).toBeGreaterThan(4);
});

// 16 sequences are the most that it runs, and its cache holds fewer of them before so many wait
it.each(tapeNames())('a genuine server whose cache is full shows no bound (%s)', async (name) => {
  const clock = createManualClock(1_700_000_000_000);
  const source = createScrapeSource({ clock, windowMs: 15_000, transport: async () => textResponse(200, page) });
  const pod = { namespace: 'n', pod: 'p', uid: 'u', ip: '10.0.0.1', ports: [8000], engine: 'vllm', modelID: 'm' } as const;
  let [page, atS] = ['', 0];
  let memory: SequencesMemory | undefined;
  let shape: ShapeMemory | undefined;
  for (const next of readTape(name).pages) {
    await clock.advance((next.atS - atS) * 1000);
    [page, atS] = [next.text, next.atS];
    const { pods } = await source.collect([pod], new AbortController().signal);
    const serving = pods as unknown as ReplicaObservation[];
    shape = learnShape(shape, serving, clock.now(), 'all');
    memory = learnSequences(memory, serving, { shape: shapeOf(shape), stage: 'all', budgetTokens: 2048, heldAtRouter: false });
  }
  expect(memory?.most).toBeGreaterThan(4);
  expect(memory && seenBound(memory, clock.now())).toBeUndefined();
});
