import { describe, expect, it } from 'vitest';
import { fresh, missing, type ReplicaObservation, type ReplicaReadings, type ShapeMemory } from '../../model/index.ts';
import { learnShape, shapeOf } from './shape.ts';

const readings = ['completionsPerSecond', 'arrivalsPerSecond', 'meanPromptTokens', 'meanGenerationTokens', 'generationTokensPerSecond'] as const;
const showing = (told: Partial<Record<keyof ReplicaReadings, number>>): ReplicaObservation[] => [{ readings: new Proxy({}, { get: (_, name: (typeof readings)[number]) => (told[name] === undefined ? missing('NotReported') : fresh(told[name], 0)) }) } as ReplicaObservation];
const before = { completionsPerSecond: 5, arrivalsPerSecond: 5, meanPromptTokens: 1000, meanGenerationTokens: 200, generationTokensPerSecond: 1000 };
const after = (told: Partial<typeof before>, stage: 'prompts' | 'answers' | 'all', minutes = 1): ShapeMemory => {
  let memory: ShapeMemory | undefined;
  for (let minute = 0; minute < 30; minute++) memory = learnShape(memory, showing(before), minute * 60_000, stage);
  for (let minute = 30; minute < 30 + minutes; minute++) memory = learnShape(memory, showing({ ...before, ...told }), minute * 60_000, stage);
  return memory as ShapeMemory;
};

describe('the shape of requests', () => {
  it.each(['prompts', 'answers', 'all'] as const)('is what they were like, where that stays so (%s)', (stage) => {
    const { promptTokens, generationTokens } = shapeOf(after({}, stage));
    expect(promptTokens).toBeCloseTo(1000, -1);
    expect(generationTokens).toBeCloseTo(200, -1);
  });

  it('knows of longer answers while only short ones have ended, where servers do nothing else', () => {
    // those that came in the last minute run on: five times as many tokens for each
    const longer = { generationTokensPerSecond: 5000, completionsPerSecond: 1 };
    expect(shapeOf(after(longer, 'all')).generationTokens).toBeCloseTo(200, -1);
    // less a standard deviation of 300 requests
    expect(shapeOf(after(longer, 'answers')).generationTokens).toBeCloseTo(1000 * (1 - 1 / Math.sqrt(300)), 0);
  });

  it.each([['less comes', { arrivalsPerSecond: 1 }], ['more comes', { arrivalsPerSecond: 20 }]])('thinks of no longer answers because %s', (_, changed) => {
    expect(shapeOf(after(changed, 'answers')).generationTokens).toBeCloseTo(200, -1);
  });

  it('knows of longer prompts within a minute, where servers do nothing else', () => {
    expect(shapeOf(after({ meanPromptTokens: 4000 }, 'all')).promptTokens).toBeLessThan(1700);
    const { promptTokens } = shapeOf(after({ meanPromptTokens: 4000 }, 'prompts'));
    expect(promptTokens).toBeGreaterThan(3800);
    expect(promptTokens).toBeLessThan(4000);
  });

  it('takes its time with shorter ones, and with what nobody tells', () => {
    expect(shapeOf(after({ meanPromptTokens: 100 }, 'prompts')).promptTokens).toBeGreaterThan(800);
    const memory = learnShape(after({}, 'answers'), showing({}), 1_860_000, 'answers');
    expect(memory.answersAtLeast).toBe(0);
    expect(shapeOf(memory).generationTokens).toBeCloseTo(200, -1);
  });
});
