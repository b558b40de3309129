import type { ScaleWrite } from '../model/index.ts';
import type { Scales } from '../kubernetes/index.ts';
import { mapLimited, type Log } from '../runtime/index.ts';
import type { ScaleOutcome } from './actuation.ts';

const atOnce = 8;

/**
 * Writes the scale of every target that is acted on directly and does not say it already.
 * @returns how each ended, by variant key. The world's failures are outcomes.
 */
export async function writeScales(scales: Scales, writes: readonly ScaleWrite[], log: Log, signal?: AbortSignal): Promise<ReadonlyMap<string, ScaleOutcome>> {
  const outcomes = new Map<string, ScaleOutcome>();
  await mapLimited(writes, atOnce, async (write) => {
    const outcome = await writeScale(scales, write, log, signal);
    for (const key of write.variantKeys) outcomes.set(key, outcome);
  });
  return outcomes;
}

async function writeScale(scales: Scales, { target, namespace, replicas, currentReplicas }: ScaleWrite, log: Log, signal?: AbortSignal): Promise<ScaleOutcome> {
  if (replicas === currentReplicas) return { kind: 'unchanged', replicas };
  const about = `${target.kind} ${namespace}/${target.name}`;
  try {
    await scales.write({ ...target, namespace }, replicas, { fieldManager: 'wva', ...(signal && { signal }) });
    log.info({ target: about, from: currentReplicas, to: replicas }, `The scale of ${about} was set to ${replicas}.`);
    return { kind: 'written', from: currentReplicas, to: replicas };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ target: about, error: why }, `The scale of ${about} could not be set to ${replicas}; it is tried again in the next cycle.`);
    return { kind: 'failed', why };
  }
}
