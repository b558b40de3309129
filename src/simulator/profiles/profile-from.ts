import type { ServingProfile } from '../serving/profile.ts';
import type { Accelerator, Sourced } from './accelerator.ts';
import { kvBytesPerToken, weightBytes } from './model-geometry.ts';
import type { ModelGeometry } from './model-geometry.ts';
import type { NamedProfile, Provenance } from './named-profile.ts';

export interface ProfileOptions {
  readonly name: string;
  readonly model: ModelGeometry;
  readonly accelerator: Accelerator;
  /** Accelerators that share every layer. */
  readonly tensorParallelism: number;
}

/** Launching the kernels of one layer, in microseconds: what H100 and A100 take for Llama-3.1-8B beyond reading the weights. */
const layerUs = 16;
/** One all-reduce of a small batch within a node; a layer has two. */
const allReduceUs = 18;
/** Scheduling, sampling and sending one token of one sequence. */
const perSequenceUs = 50;
/** `--gpu-memory-utilization`. */
const memoryUtilization = 0.9;
/** Of one accelerator, not there for weights and KV cache: activations, graphs, the runtime's own. */
const reservedBytes = 3.2e9;
const networkMs = 5;
const blockTokens = 16;
/** One network card of a server, for the KV cache from prefill to decode. */
const transferGbps = 200;

/**
 * Derives what a replica can do from geometry and data sheet: a decoding iteration reads all weights and the resident KV cache at a share of the memory's bandwidth,
 * prefill computes two operations a parameter and token at a share of the peak. Attention's own operations are within the share (a few per cent at 4000
 * tokens of context, more beyond).
 */
export function profileFrom({ name, model, accelerator, tensorParallelism: tp }: ProfileOptions): NamedProfile {
  const { bandwidthBytesPerSecond: bandwidth, bandwidthEfficiency, flops, flopsEfficiency, memoryBytes, maxSequences, tokenBudget, costPerHour } = accelerator;
  const [weights, kvBytes] = [weightBytes(model), kvBytesPerToken(model)];
  const bytesPerMs = (tp * bandwidth.value * bandwidthEfficiency.value) / 1000;
  const flopsPerMs = (tp * flops.value * flopsEfficiency.value) / 1000;
  const overheadMs = (model.layers * (layerUs + (tp > 1 ? 2 * allReduceUs : 0))) / 1000;
  const kvMemory = tp * (memoryUtilization * memoryBytes.value - reservedBytes) - weights;

  const serving: ServingProfile = {
    modelID: model.modelID,
    accelerator: accelerator.name,
    baseMs: significant(weights / bytesPerMs + overheadMs),
    perPrefillTokenMs: significant((2 * model.parameters) / flopsPerMs),
    perSequenceMs: perSequenceUs / 1000,
    perResidentTokenMs: significant(kvBytes / bytesPerMs),
    networkMs,
    maxSequences: maxSequences.value,
    tokenBudget: tokenBudget.value,
    kvBlocks: Math.floor(kvMemory / (kvBytes * blockTokens)),
    blockTokens,
    maxModelTokens: model.maxModelTokens,
    costPerHour: significant(tp * costPerHour.value),
    kvBytesPerToken: kvBytes,
    transferGbps,
  };

  const decode = `bandwidth: ${bandwidth.source}; share: ${bandwidthEfficiency.source}`;
  const derived = (field: keyof ServingProfile, source: string, trust: string): Provenance => ({ field, value: serving[field] as number, from: 'derived', source, trust });
  const read = (field: keyof ServingProfile, { source, trust }: Pick<Sourced, 'source' | 'trust'>): Provenance => ({ field, value: serving[field] as number, from: 'published', source, trust });
  const provenance: readonly Provenance[] = [
    derived(
      'baseMs',
      `${gigabytes(weights)} GB of weights / (${tp} × ${terabytes(bandwidth.value)} TB/s × ${bandwidthEfficiency.value}) + ${model.layers} layers × ${layerUs} µs${tp > 1 ? ` + ${2 * model.layers} all-reduces × ${allReduceUs} µs` : ''}; ${decode}`,
      bandwidthEfficiency.trust,
    ),
    derived(
      'perPrefillTokenMs',
      `2 × ${(model.parameters / 1e9).toFixed(2)} G parameters / (${tp} × ${(flops.value / 1e12).toFixed(0)} TFLOPS × ${flopsEfficiency.value}); peak: ${flops.source}; share: ${flopsEfficiency.source}`,
      flopsEfficiency.trust,
    ),
    derived('perSequenceMs', `${perSequenceUs} µs of scheduling and sampling a sequence: between 30 and 90 the published ramp is met by 8 replicas of Qwen3-32B and not by 7, as published runs and their simulation say`, 'within a factor of 2: small beside the others below 100 sequences'),
    derived('perResidentTokenMs', `${kvBytes} bytes of KV cache / (${tp} × ${terabytes(bandwidth.value)} TB/s × ${bandwidthEfficiency.value})`, bandwidthEfficiency.trust),
    derived('networkMs', 'a client in the same cluster', 'assumed'),
    read('maxSequences', maxSequences),
    read('tokenBudget', tokenBudget),
    derived(
      'kvBlocks',
      `(${tp} × (${memoryUtilization} × ${gigabytes(memoryBytes.value)} GB - ${gigabytes(reservedBytes)} GB) - ${gigabytes(weights)} GB) / (${blockTokens} × ${kvBytes} bytes); what is reserved follows from KV capacities that vLLM reported on an H100 NVL (542 960 tokens for Llama-3.1-8B, 81 648 for Qwen3-32B)`,
      'within 5 %',
    ),
    read('blockTokens', { source: 'default of vLLM on GPUs', trust: 'exact' }),
    { field: 'kvBytesPerToken', value: kvBytes, from: 'geometry', source: `2 × ${model.layers} layers × ${model.kvHeads} KV heads × ${model.headSize} × ${model.bytesPerKvElement ?? 2} bytes; ${model.source}`, trust: 'exact' },
    derived('transferGbps', 'one 200 Gbit/s card; used only between prefill and decode servers', 'assumed'),
    { field: 'maxModelTokens', value: model.maxModelTokens, from: 'geometry', source: model.source, trust: 'exact' },
    { field: 'acceleratorsPerReplica', value: tp, from: 'geometry', source: 'tensor parallelism', trust: 'exact' },
    read('costPerHour', costPerHour),
  ];
  return { name, serving, acceleratorsPerReplica: tp, costPerHour: serving.costPerHour, provenance };
}

/** Four digits: more would pretend. */
function significant(value: number): number {
  return Number(value.toPrecision(4));
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

function terabytes(bytes: number): string {
  return (bytes / 1e12).toFixed(2);
}
