import type { OfflineProfile } from '../model/index.ts';
import type { ParsedVariantAutoscaling } from '../wire/index.ts';

/** What a resource says was measured of its replicas; `undefined` where it says nothing, or not all of it: half a line is no line. */
export function offlineProfileOf({ variantProfile }: ParsedVariantAutoscaling['spec']): OfflineProfile | undefined {
  if (variantProfile === undefined) return undefined;
  const { perfParms: { decodeParms, prefillParms }, maxBatchSize } = variantProfile;
  const [itlBaseMs, itlPerSequenceMs, ttftBaseMs, ttftPerTokenMs] = [decodeParms['alpha'], decodeParms['beta'], prefillParms['gamma'], prefillParms['delta']].map(decimal);
  if (itlBaseMs === undefined || itlPerSequenceMs === undefined || ttftBaseMs === undefined || ttftPerTokenMs === undefined) return undefined;
  return { itlBaseMs, itlPerSequenceMs, ttftBaseMs, ttftPerTokenMs, maxSequences: maxBatchSize };
}

function decimal(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
