/** One serving pod as the collector records it: highest values of the last minute, means of the last five. */
export interface ReplicaRecord {
  readonly variant: string;
  /** `max_over_time(vllm:kv_cache_usage_perc[1m])` */
  readonly kvUsage: number;
  /** `max_over_time(vllm:num_requests_waiting[1m])` */
  readonly queueLength: number;
  /** `cache_config_info`: blocks times their size. */
  readonly totalKvTokens: number;
  /** Prompt tokens of a request, 0 where nothing is known. */
  readonly averageIn: number;
  readonly averageOut: number;
}

export type Role = 'both' | 'prefill' | 'decode';

/** What the workload and its scaler say of a variant that is not at none. */
export interface VariantState {
  readonly name: string;
  readonly cost: number;
  readonly role: Role;
  readonly accelerator: string;
  readonly acceleratorsPerReplica: number;
  /** Pods that are there and not on their way out. */
  readonly current: number;
  /** Of them, not ready. */
  readonly pending: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Arguments of the engine: `--max-num-batched-tokens`, `--max-num-seqs`. */
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
}

export interface Target {
  readonly replicas: number;
  readonly why: string;
}
