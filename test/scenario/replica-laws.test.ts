import { describe, expect, it } from 'vitest';
import { secondsUntilFull } from '../../src/decide/analyze/learned/headroom.ts';
import { limitsOf, promptsAreInTime, sequencesAt, type Limits } from '../../src/decide/analyze/learned/limits.ts';
import { defaultPolicy } from '../../src/model/index.ts';
import { createRandom } from '../../src/runtime/index.ts';
import { createEngine, createEventQueue, createRouter, findProfile, type Engine, type InferenceRequest } from '../../src/simulator/index.ts';

// What the engine thinks of one replica, held against simulated vLLM servers. The law of an iteration is given, so only what is concluded from it is tried.

interface Load {
  readonly profile: string;
  readonly prompt: number;
  readonly promptDeviation: number;
  readonly output: number;
  readonly ttftSeconds: number;
}

const long: Load = { profile: 'llama-3.1-8b-a100', prompt: 2000, promptDeviation: 600, output: 500, ttftSeconds: 2 };
const loads: readonly Load[] = [
  { profile: 'llama-3.1-8b-h100', prompt: 4000, promptDeviation: 1600, output: 50, ttftSeconds: 1 },
  { profile: 'llama-3.1-8b-a100', prompt: 6000, promptDeviation: 1500, output: 20, ttftSeconds: 4 },
  { profile: 'qwen3-32b-h100-tp2', prompt: 6000, promptDeviation: 600, output: 100, ttftSeconds: 3 },
];

function servingOf({ profile }: Load) {
  const found = findProfile(profile)?.serving;
  if (found === undefined) throw new Error(`There is no profile ${profile}.`);
  return found;
}

function limitsFor(load: Load): Limits {
  const { baseMs, perSequenceMs, perResidentTokenMs, perPrefillTokenMs, kvBlocks, blockTokens, maxSequences } = servingOf(load);
  const law = { baseMs, perSequenceMs, perResidentMs: 1000 * perResidentTokenMs, perPromptMs: 1000 * perPrefillTokenMs, windows: 100, deviationAt: () => 0 };
  const shape = { promptTokens: load.prompt, generationTokens: load.output, hitFraction: 0, promptVariation: (load.promptDeviation / load.prompt) ** 2, tokensPerSequence: load.prompt + load.output / 2, requests: 100 };
  return limitsOf(law, shape, kvBlocks * blockTokens, { ttftSeconds: load.ttftSeconds, attainment: 0.99 }, defaultPolicy.saturation, maxSequences);
}

/** Plays requests by chance on so many servers, `onLook` each second. @returns the share of those that came after `fromSeconds` whose first token was late. */
function play(load: Load, servers: number, perSecond: (second: number) => number, forSeconds: number, fromSeconds: number, onLook: (second: number, engines: readonly Engine[]) => void = () => {}): number {
  const agenda = createEventQueue(0);
  const random = createRandom(`laws/${load.profile}/${servers}`);
  const router = createRouter(agenda, { patienceMs: 1e9, random: random.fork('router') });
  const engines = Array.from({ length: servers }, () => createEngine(servingOf(load), agenda, { role: 'both' }));
  for (const [index, engine] of engines.entries()) router.addServer(`server-${index}`, engine);
  let sent = 0;
  let counted = 0;
  let late = 0;
  function onEnd({ arrivedAtMs, firstTokenAtMs = Infinity }: InferenceRequest): void {
    if (arrivedAtMs < 1000 * fromSeconds) return;
    counted++;
    if (firstTokenAtMs - arrivedAtMs > 1000 * load.ttftSeconds) late++;
  }
  function send(): void {
    const now = agenda.now();
    if (now > 1000 * forSeconds) return;
    agenda.at(now + random.exponential(1000 / perSecond(now / 1000)), () => {
      const promptTokens = Math.max(50, Math.round(random.normal(load.prompt, load.promptDeviation)));
      router.submit({ id: sent++, modelID: servingOf(load).modelID, arrivedAtMs: agenda.now(), promptTokens, generationTokens: load.output, onEnd });
      send();
    });
  }
  send();
  for (let second = 1; second <= forSeconds; second++) {
    agenda.runUntil(1000 * second);
    onLook(second, engines);
  }
  agenda.runUntil(1000 * (forSeconds + 120));
  return late / Math.max(1, counted);
}

function highestInTime(limits: Limits, replicas: number): number {
  let low = 0;
  let high = 1 / limits.promptSeconds;
  while (high - low > 0.01 * high) {
    const middle = (low + high) / 2;
    if (promptsAreInTime(limits, middle, replicas)) low = middle;
    else high = middle;
  }
  return low;
}

describe('prompts that come to a simulated server', () => {
  it.each(loads.flatMap((load) => [1, 4].map((servers) => [load.profile, load.prompt, servers, load] as const)))('are in time up to the rate that is told: %s, %d tokens, %d of them', (_profile, _prompt, servers, load) => {
    const most = highestInTime(limitsFor(load), servers);
    expect(play(load, servers, () => 0.9 * most * servers, 900, 100)).toBeLessThan(0.012);
    // and a rate not much higher is too much for them
    expect(play(load, servers, () => 1.2 * most * servers, 900, 100)).toBeGreaterThan(0.01);
  });
});

describe('a simulated server that is given more at once', () => {
  it.each([[2.1, 9.1], [2, 8.6], [0.5, 9.5]])('fills as soon as is told: from %d to %d requests a second on three', (before, after) => {
    const limits = limitsFor(long);
    const reachedAfter = new Map<number, number>();
    const counts = [30, 50, 75];
    play(long, 3, (second) => (second < 200 ? before : after), 320, 0, (second, engines) => {
      const runs = engines.reduce((total, engine) => total + engine.running() + engine.waiting(), 0) / engines.length;
      for (const count of counts) if (second > 200 && runs >= count && !reachedAfter.has(count)) reachedAfter.set(count, second - 200);
    });
    for (const count of counts) {
      const told = secondsUntilFull(limits, sequencesAt(limits, before / 3), after / 3, count);
      expect(reachedAfter.get(count)).toBeGreaterThan(0.75 * told - 5);
      expect(reachedAfter.get(count)).toBeLessThan(1.25 * told + 5);
    }
  });
});
