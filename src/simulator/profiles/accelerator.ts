/** A number, and where it was taken from. */
export interface Sourced {
  readonly value: number;
  readonly source: string;
  readonly trust: string;
}

/** What an accelerator can do, and what share of it a serving engine gets. */
export interface Accelerator {
  readonly name: string;
  /** What the driver shows, bytes. */
  readonly memoryBytes: Sourced;
  readonly bandwidthBytesPerSecond: Sourced;
  /** Dense 16-bit operations. */
  readonly flops: Sourced;
  /** Share of the bandwidth that decoding reads weights and KV cache with. */
  readonly bandwidthEfficiency: Sourced;
  /** Share of the operations that prefill of a full chunk gets (model FLOPs utilisation). */
  readonly flopsEfficiency: Sourced;
  readonly maxSequences: Sourced;
  readonly tokenBudget: Sourced;
  /** Of one accelerator. */
  readonly costPerHour: Sourced;
}

const sheetOf = (name: string): Pick<Sourced, 'source' | 'trust'> => ({ source: `data sheet, ${name}`, trust: 'exact' });
const driverShows = (name: string): Pick<Sourced, 'source' | 'trust'> => ({ source: `MiB that the driver shows for ${name}`, trust: 'within 1 %' });
const largeDefaults = {
  maxSequences: { value: 1024, source: 'default of vLLM on this class of accelerator (vllm-project/vllm#16158, #17046)', trust: 'exact for those versions' },
  tokenBudget: { value: 8192, source: 'default of vLLM for its server on this class of accelerator (vllm-project/vllm#17046)', trust: 'exact for those versions' },
};
const otherDefaults = {
  maxSequences: { value: 256, source: 'default of vLLM except on H100, H200 and MI300X (vllm-project/vllm#16158)', trust: 'exact for those versions' },
  tokenBudget: { value: 2048, source: 'default of vLLM for its server except on H100, H200 and MI300X (vllm-project/vllm, _set_default_args_v1)', trust: 'exact for those versions' },
};
const listPrice = 'list price of one provider, March 2026 (deploybase.ai/articles/runpod-gpu-pricing)';
const priceTrust = 'the order only: prices differ by a factor of 3 between providers';

export const h100: Accelerator = {
  name: 'H100',
  memoryBytes: { value: 81_559 * 2 ** 20, ...driverShows('H100 SXM 80 GB') },
  bandwidthBytesPerSecond: { value: 3.35e12, ...sheetOf('NVIDIA H100 SXM') },
  flops: { value: 989.4e12, ...sheetOf('NVIDIA H100 SXM, BF16 without sparsity') },
  bandwidthEfficiency: {
    value: 0.8,
    source: 'gives 6.5 ms a token for Llama-3.1-8B alone on one H100, where 6.48 ms was published (yobitelcomm.github.io/bench, vLLM 0.21, 2026-05)',
    trust: 'within 10 % for decoding at small batches',
  },
  flopsEfficiency: {
    value: 0.55,
    source: 'gives 15 900 prompt tokens/s for Qwen3-32B with TP=2, where llm-d published 15 928 (8192-token chunk, median TTFT)',
    trust: 'within 5 % for that model; 15 % for others',
  },
  ...largeDefaults,
  costPerHour: { value: 2.69, source: listPrice, trust: priceTrust },
};

export const a100: Accelerator = {
  name: 'A100',
  memoryBytes: { value: 81_920 * 2 ** 20, ...driverShows('A100 SXM 80 GB') },
  bandwidthBytesPerSecond: { value: 2.039e12, ...sheetOf('NVIDIA A100 SXM 80 GB') },
  flops: { value: 312e12, ...sheetOf('NVIDIA A100, BF16 without sparsity') },
  bandwidthEfficiency: {
    value: 0.8,
    source: 'gives 75 tokens/s for Llama-3.1-8B alone on an A100 of 40 GB (1.555 TB/s), where 75 was published (johnmusgrave.com, vLLM 0.23)',
    trust: 'within 10 % for decoding at small batches',
  },
  flopsEfficiency: { value: 0.55, source: 'that of the H100', trust: 'within 20 %' },
  ...otherDefaults,
  costPerHour: { value: 1.39, source: listPrice, trust: priceTrust },
};

export const l40s: Accelerator = {
  name: 'L40S',
  memoryBytes: { value: 46_068 * 2 ** 20, ...driverShows('L40S 48 GB with ECC') },
  bandwidthBytesPerSecond: { value: 864e9, ...sheetOf('NVIDIA L40S') },
  flops: { value: 362e12, ...sheetOf('NVIDIA L40S, BF16 without sparsity') },
  bandwidthEfficiency: { value: 0.8, source: 'that of A100 and H100; no measurement of this model on this accelerator was found', trust: 'within 15 %' },
  flopsEfficiency: { value: 0.45, source: 'lower than the H100: 350 W limit the clock under sustained load; an estimate', trust: 'within 30 %' },
  ...otherDefaults,
  costPerHour: { value: 0.79, source: listPrice, trust: priceTrust },
};

export const mi300x: Accelerator = {
  name: 'MI300X',
  memoryBytes: { value: 196_592 * 2 ** 20, ...driverShows('MI300X 192 GB') },
  bandwidthBytesPerSecond: { value: 5.3e12, ...sheetOf('AMD Instinct MI300X') },
  flops: { value: 1307.4e12, ...sheetOf('AMD Instinct MI300X, BF16 without sparsity') },
  bandwidthEfficiency: {
    value: 0.7,
    source: 'below the 4.1 of 5.3 TB/s that a stream copy reaches (Azure AI-benchmarking-guide, ND MI300X v5: 0.78); an estimate',
    trust: 'within 20 %',
  },
  flopsEfficiency: {
    value: 0.42,
    source: 'large matrix products reach 0.39 to 0.44 of the peak at 8 bits (Azure AI-benchmarking-guide, ND MI300X v5: 1015 to 1159 of 2615 TFLOPS)',
    trust: 'within 25 %',
  },
  ...largeDefaults,
  costPerHour: { value: 2.69, source: 'that of the H100: the list has none', trust: 'assumed' },
};

/** All that are known. */
export const accelerators: readonly Accelerator[] = [a100, h100, l40s, mi300x];
