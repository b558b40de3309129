/** What the sheet of a model says that its speed and its memory follow from. Dense models; 16 bits a weight and a KV element unless told. */
export interface ModelGeometry {
  readonly modelID: string;
  /** All parameters. */
  readonly parameters: number;
  readonly layers: number;
  /** Of grouped-query attention. */
  readonly kvHeads: number;
  readonly headSize: number;
  readonly maxModelTokens: number;
  readonly bytesPerWeight?: number;
  readonly bytesPerKvElement?: number;
  readonly source: string;
}

/** Key and value of one token over all layers. */
export function kvBytesPerToken(model: ModelGeometry): number {
  return 2 * model.layers * model.kvHeads * model.headSize * (model.bytesPerKvElement ?? 2);
}

export function weightBytes(model: ModelGeometry): number {
  return model.parameters * (model.bytesPerWeight ?? 2);
}

export const qwen3With32b: ModelGeometry = {
  modelID: 'Qwen/Qwen3-32B', parameters: 32.76e9, layers: 64, kvHeads: 8, headSize: 128, maxModelTokens: 40_960,
  source: 'config.json and model card of Qwen/Qwen3-32B',
};
export const llama31With8b: ModelGeometry = {
  modelID: 'meta-llama/Llama-3.1-8B-Instruct', parameters: 8.03e9, layers: 32, kvHeads: 8, headSize: 128, maxModelTokens: 131_072,
  source: 'config.json and model card of meta-llama/Llama-3.1-8B-Instruct',
};
export const llama31With70b: ModelGeometry = {
  modelID: 'meta-llama/Llama-3.1-70B-Instruct', parameters: 70.55e9, layers: 80, kvHeads: 8, headSize: 128, maxModelTokens: 131_072,
  source: 'config.json and model card of meta-llama/Llama-3.1-70B-Instruct',
};
