import type { EngineArguments, VariantObservation } from '../../model/index.ts';

/** What an engine was told, as one text: what was learned of it counts while this stays. */
export function toldKeyOf({ engineArguments, variant }: Pick<VariantObservation, 'engineArguments' | 'variant'>): string {
  return engineArguments === undefined ? '' : `${variant.engine} ${Object.values(engineArguments).join(' ')} x${variant.acceleratorCount}`;
}

/** Whether replicas of two variants carry the same: the same accelerators, and engines that were told the same about memory and batches. How many run at once, how long they may be, and CUDA graphs do not count. */
export function areAlike(a: Pick<VariantObservation, 'engineArguments' | 'variant'>, b: Pick<VariantObservation, 'engineArguments' | 'variant'>): boolean {
  if (a.engineArguments === undefined || b.engineArguments === undefined) return false;
  const { variant: one } = a;
  const { variant: other } = b;
  if (one.accelerator !== other.accelerator || one.acceleratorCount !== other.acceleratorCount || one.engine !== other.engine) return false;
  return telling.every((name) => a.engineArguments?.[name] === b.engineArguments?.[name]);
}

const telling = ['memoryFraction', 'blockTokens', 'kvCacheType', 'tensorParallel', 'kvCapacityTokens', 'maxBatchedTokens'] as const satisfies readonly (keyof EngineArguments)[];
