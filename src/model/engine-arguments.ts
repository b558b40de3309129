/**
 * What an engine was told at its start about memory and batches, with the engine's own defaults where it was told nothing. It is what is known of a replica before
 * it has served anything. Only limits that the engine is not certain to have are absent.
 */
export interface EngineArguments {
  /** Share of the accelerator's memory that it takes, 0..1: vLLM's gpu-memory-utilization, SGLang's mem-fraction-static. */
  readonly memoryFraction: number;
  /** Tokens of a block (vLLM) or page (SGLang) of the KV cache. */
  readonly blockTokens: number;
  /** As written: `auto`, `fp8`, ... */
  readonly kvCacheType: string;
  /** Accelerators that share one copy of the weights. */
  readonly tensorParallel: number;
  /** Requests that run at once at the most. */
  readonly maxSequences: number;
  /** Nobody wrote that down: it is what most engines take by themselves, and some take more on large accelerators. */
  readonly maxSequencesAssumed?: true;
  /** Tokens that one iteration computes at the most. */
  readonly maxBatchedTokens: number;
  /** Longest prompt and answer together; absent: as long as the model allows. */
  readonly maxContextTokens?: number;
  /** Size of the KV cache, where it is given and not measured by the engine. */
  readonly kvCapacityTokens?: number;
  /** Whether long prompts are computed in pieces, beside the answers of others. */
  readonly chunkedPrefill: boolean;
  /** Without CUDA graphs: each iteration takes longer. */
  readonly eager: boolean;
}
