import { parseDuration } from '../base/index.ts';
import type { Mode, PolicyLayer, ScheduledBounds, Slo } from '../model/index.ts';
import { hoursOf, type ParsedVariantAutoscaling } from '../wire/index.ts';

type Spec = ParsedVariantAutoscaling['spec'];
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The layer of the policy that a resource is itself; `undefined` where it says nothing. */
export function policyOfResource(spec: Spec): PolicyLayer | undefined {
  const { slo, priority, scaleToZero, behavior, schedule } = spec;
  const said: Writable<PolicyLayer> = {};
  const mode = modeOf(spec);
  if (mode !== undefined) said.mode = mode;
  if (slo !== undefined) said.slo = sloOf(slo);
  if (schedule !== undefined) said.schedule = schedule.map(boundsOf);
  if (priority !== undefined) said.priority = priority;
  if (scaleToZero?.enabled !== undefined) said.scaleToZero = scaleToZero.enabled;
  const retentionMs = parseDuration(scaleToZero?.retentionPeriod ?? '');
  if (retentionMs !== undefined) said.retentionMs = retentionMs;
  const windowSeconds = behavior?.scaleDown?.stabilizationWindowSeconds;
  if (windowSeconds !== undefined) said.scaleDownStabilizationMs = windowSeconds * 1000;
  return Object.keys(said).length === 0 ? undefined : said;
}

/** A pause holds whatever else is written: it is what people reach for in an emergency. */
function modeOf({ mode, paused, dryRun }: Spec): Mode | undefined {
  if (paused === true) return 'paused';
  return mode ?? (dryRun === true ? 'recommend' : undefined);
}

function boundsOf(entry: NonNullable<Spec['schedule']>[number]): ScheduledBounds {
  const { name, minReplicas, maxReplicas } = entry;
  return { ...hoursOf(entry), ...(name !== undefined && { name }), ...(minReplicas !== undefined && { minReplicas }), ...(maxReplicas !== undefined && { maxReplicas }) };
}

function sloOf({ ttftMilliseconds, itlMilliseconds }: NonNullable<Spec['slo']>): Partial<Slo> {
  return { ...(ttftMilliseconds !== undefined && { ttftSeconds: ttftMilliseconds / 1000 }), ...(itlMilliseconds !== undefined && { itlSeconds: itlMilliseconds / 1000 }) };
}
