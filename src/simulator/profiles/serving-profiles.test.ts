import { describe, expect, it } from 'vitest';
import { a100, h100, l40s } from './accelerator.ts';
import { findProfile, profileFrom, servingProfiles } from './index.ts';
import type { Accelerator, ModelGeometry } from './index.ts';
import { llama31With8b, qwen3With32b } from './model-geometry.ts';

const qwen = findProfile('qwen3-32b-h100-tp2')?.serving ?? expect.unreachable('there is no such profile');
const kvTokens = (model: ModelGeometry, accelerator: Accelerator): number => {
  const { kvBlocks, blockTokens } = profileFrom({ name: 'x', model, accelerator, tensorParallelism: 1 }).serving;
  return kvBlocks * blockTokens;
};
const withMemory = (accelerator: Accelerator, mebibytes: number): Accelerator => ({ ...accelerator, memoryBytes: { ...accelerator.memoryBytes, value: mebibytes * 2 ** 20 } });
/** How far from what was published, as a share of it. */
const off = (ours: number, published: number): number => Math.abs(ours / published - 1);

describe('the shipped profiles', () => {
  it.each(servingProfiles.map((profile) => [profile.name, profile] as const))('%s says where every number comes from, once', (_, { serving, acceleratorsPerReplica, provenance }) => {
    const numbers = Object.entries(serving).filter(([, value]) => typeof value === 'number');
    expect(provenance.map(({ field }) => field).toSorted()).toStrictEqual([...numbers.map(([field]) => field), 'acceleratorsPerReplica'].toSorted());
    for (const { field, value, source, trust } of provenance) {
      expect(value).toBe(field === 'acceleratorsPerReplica' ? acceleratorsPerReplica : numbers.find(([name]) => name === field)?.[1]);
      expect(source.length).toBeGreaterThan(10);
      expect(trust).not.toBe('');
    }
  });

  it('has Qwen3-32B with its published geometry: 262 144 bytes of KV cache a token, 65.5 GB of weights', () => {
    expect(qwen.kvBytesPerToken).toBe(262_144);
    expect((2 * qwen3With32b.parameters) / 1e9).toBeCloseTo(65.5, 1);
    // 0.9 of two accelerators, less weights and what is reserved
    expect(qwen.kvBlocks * 16 * 262_144).toBeLessThan(0.9 * 2 * h100.memoryBytes.value - 65.5e9);
  });

  it('has the published prefill velocity of Qwen3-32B: 15 928 tokens/s, a chunk of 8192 over its time to first token', () => {
    const ttftMs = qwen.baseMs + qwen.perSequenceMs + 8192 * qwen.perPrefillTokenMs + qwen.networkMs;
    expect(off((8192 / ttftMs) * 1000, 15_928)).toBeLessThan(0.01);
  });

  it('carries about 1.4 requests/s of 4000/1000 tokens when its KV cache is full, as published runs settle at', () => {
    const sequences = (qwen.kvBlocks * 16) / 4500;
    const decodeMs = qwen.baseMs + sequences * (qwen.perSequenceMs + 4500 * qwen.perResidentTokenMs);
    const perSecond = 1000 / (1000 * (decodeMs / sequences) + 4000 * qwen.perPrefillTokenMs);
    expect(off(perSecond, 1.4)).toBeLessThan(0.05);
  });

  it('decodes Llama-3.1-8B alone as fast as was published', () => {
    const alone = (accelerator: Accelerator): number => {
      const { baseMs, perSequenceMs } = profileFrom({ name: 'x', model: llama31With8b, accelerator, tensorParallelism: 1 }).serving;
      return baseMs + perSequenceMs;
    };
    expect(off(alone(h100), 6.48)).toBeLessThan(0.05);
    const a100With40GB = { ...a100, bandwidthBytesPerSecond: { ...a100.bandwidthBytesPerSecond, value: 1.555e12 } };
    expect(off(alone(a100With40GB), 1000 / 75)).toBeLessThan(0.05);
  });

  it.each([
    ['Llama-3.1-8B on an H100 NVL', llama31With8b, withMemory(h100, 95_830), 542_960],
    ['Qwen3-32B on an H100 NVL', qwen3With32b, withMemory(h100, 95_830), 81_648],
    ['Llama-3.1-8B on an RTX 6000 Ada', llama31With8b, withMemory(l40s, 49_140), 207_536],
  ])('has room for as many tokens as vLLM reported of %s', (_, model, accelerator, tokens) => {
    expect(off(kvTokens(model, accelerator), tokens)).toBeLessThan(0.05);
  });
});
