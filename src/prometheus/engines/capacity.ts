/**
 * Tokens that the KV cache of one vLLM engine can hold, from the labels of `vllm:cache_config_info`.
 *
 * The engine keeps `ownBlocks` of the blocks for itself (one, since the V1 engine), and reckons its usage by
 * the rest: 62 of 64 blocks in use show as 62/63. Where `kv_cache_size_tokens` is told it is preferred to
 * blocks times block size, which is too much for models whose layers keep caches of different kinds.
 */
export function cacheCapacityTokens(labels: Readonly<Record<string, string>>, ownBlocks: 0 | 1): number | undefined {
  const blocks = positive(labels['num_gpu_blocks']);
  if (blocks === undefined || blocks <= ownBlocks) return undefined;
  const blockSize = positive(labels['block_size']);
  const tokens = positive(labels['kv_cache_size_tokens']) ?? (blockSize === undefined ? undefined : blocks * blockSize);
  return tokens === undefined ? undefined : (tokens * (blocks - ownBlocks)) / blocks;
}

/** "None" stands where the engine does not know yet. */
function positive(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
