import { describe, expect, it } from 'vitest';
import type { Engine, EngineArguments } from '../model/index.ts';
import type { Container } from '../wire/index.ts';
import { engineArgumentsOf, parseEngineArguments } from './engine-arguments.ts';

const read = (engine: Engine, args: string[], more: Partial<Container> = {}): EngineArguments => parseEngineArguments({ name: 'engine', args, ...more }, engine);

describe('what vLLM was told', () => {
  it('has its own defaults where nothing is said', () => {
    expect(read('vllm', [])).toEqual({ memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences: 256, maxSequencesAssumed: true, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false });
  });

  it.each<[string[], Partial<EngineArguments>]>([
    [['--gpu-memory-utilization=0.85'], { memoryFraction: 0.85 }],
    [['--gpu_memory_utilization=0.85'], { memoryFraction: 0.85 }],
    [['--gpu-memory-utilization', '0.85'], { memoryFraction: 0.85 }],
    [['--max-num-batched-tokens=4096'], { maxBatchedTokens: 4096 }],
    [['--num-gpu-blocks-override=5000'], { kvCapacityTokens: 80_000 }],
    [['--num-gpu-blocks-override=5000', '--block-size', '32'], { kvCapacityTokens: 160_000, blockTokens: 32 }],
    [['--tensor-parallel-size=4', '--enforce-eager'], { tensorParallel: 4, eager: true }],
    [['-tp', '2', '--kv-cache-dtype', 'fp8'], { tensorParallel: 2, kvCacheType: 'fp8' }],
    [['--max-model-len', '32k'], { maxContextTokens: 32_000 }],
    [['--max-model-len', '32K'], { maxContextTokens: 32_768 }],
    [['--no-enable-chunked-prefill', '--max-model-len=16384'], { chunkedPrefill: false, maxBatchedTokens: 16_384 }],
    [['--enable-chunked-prefill=False'], { chunkedPrefill: false, maxBatchedTokens: 2048 }],
    // the last one counts
    [['--max-num-seqs=64', '--max-num-seqs', '128'], { maxSequences: 128 }],
    // one that is followed by another is a switch
    [['--enforce-eager', '--max-num-seqs', '32'], { eager: true, maxSequences: 32 }],
    // nonsense is as if it were not there, and never NaN
    [['--max-num-seqs=many', '--gpu-memory-utilization=1.5', '--max-model-len=-1', '--block-size='], { maxSequences: 256, maxSequencesAssumed: true, memoryFraction: 0.9, blockTokens: 16 }],
  ])('%j: %j', (args, expected) => {
    const found = read('vllm', args);
    expect(found).toMatchObject(expected);
    for (const value of Object.values(found)) if (typeof value === 'number') expect(value).toBeGreaterThan(0);
  });

  it('of its engine before the present one has smaller batches, and whole prompts unless told otherwise', () => {
    const env = [{ name: 'VLLM_USE_V1', value: '0' }];
    expect(read('vllm', [], { env })).toMatchObject({ chunkedPrefill: false, maxBatchedTokens: 2048 });
    expect(read('vllm', ['--max-model-len=8192'], { env })).toMatchObject({ chunkedPrefill: false, maxBatchedTokens: 8192 });
    expect(read('vllm', ['--enable-chunked-prefill'], { env })).toMatchObject({ chunkedPrefill: true, maxBatchedTokens: 2048 });
    expect(read('vllm', [], { env: [{ name: 'VLLM_USE_V1', value: '1' }] })).toMatchObject({ chunkedPrefill: true, maxBatchedTokens: 8192 });
  });

  it('stands in a script, over lines, and in variables of the container', () => {
    const command = ['sh', '-c', 'exec vllm serve org/model \\\n  --max-num-seqs 64 \\\n  --max-num-batched-tokens=$(BATCH)'];
    expect(read('vllm', [], { command, env: [{ name: 'BATCH', value: '1024' }] })).toMatchObject({ maxSequences: 64, maxBatchedTokens: 1024 });
    expect(read('vllm', ['--max-num-seqs=$(NOWHERE)'])).toMatchObject({ maxSequences: 256 });
  });
});

describe('what SGLang was told', () => {
  it.each<[string[], Partial<EngineArguments>]>([
    [[], { memoryFraction: 0.9, blockTokens: 1, maxSequences: 256, chunkedPrefill: true, maxBatchedTokens: 8192, tensorParallel: 1, eager: false }],
    [['--chunked-prefill-size=-1', '--context-length=4096'], { chunkedPrefill: false, maxBatchedTokens: 4096, maxContextTokens: 4096 }],
    [['--chunked-prefill-size', '-1'], { chunkedPrefill: false, maxBatchedTokens: 2048 }],
    [['--chunked-prefill-size=4096'], { chunkedPrefill: true, maxBatchedTokens: 4096 }],
    [['--max-prefill-tokens=16384'], { chunkedPrefill: true, maxBatchedTokens: 16_384 }],
    [['--mem-fraction-static=0.8', '--page-size=64', '--tp', '8', '--max-running-requests=48', '--max-total-tokens=500000', '--disable-cuda-graph'], { memoryFraction: 0.8, blockTokens: 64, tensorParallel: 8, maxSequences: 48, kvCapacityTokens: 500_000, eager: true }],
    [['--tp-size=2'], { tensorParallel: 2 }],
    [['--tensor-parallel-size', '4'], { tensorParallel: 4 }],
  ])('%j: %j', (args, expected) => {
    expect(read('sglang', args)).toMatchObject(expected);
  });
});

describe('of a pod', () => {
  it('the container that serves counts, and not its proxy', () => {
    const proxy = { name: 'proxy', args: ['--max-num-seqs=1'] };
    const engine = { name: 'engine', image: 'vllm/vllm-openai', args: ['--max-num-seqs=99'], resources: { limits: { 'nvidia.com/gpu': 1 } } };
    expect(engineArgumentsOf({ containers: [proxy, engine] }, 'vllm')?.maxSequences).toBe(99);
  });

  it('nothing is known without its template', () => {
    expect(engineArgumentsOf(undefined, 'vllm')).toBeUndefined();
  });
});
