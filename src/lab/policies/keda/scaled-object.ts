import type { HpaOptions, PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import { firstAfter } from '../first-after.ts';

/** One trigger of a ScaledObject. */
export interface KedaTrigger {
  readonly name: string;
  /** Per replica: the generated HPA reads the value as `AverageValue`. */
  readonly threshold: number;
  /** What the query gives at this moment; `undefined` for an empty answer, which KEDA reads as 0 (`ignoreNullValues` is true by default). */
  readonly query: () => number | undefined;
}

export interface ScaledObject {
  readonly triggers: readonly KedaTrigger[];
  /** How often KEDA asks whether anything is active; counts only where the minimum is 0. Milliseconds. */
  readonly pollMs: number;
  /** How long nothing must be active before the last replica goes. Milliseconds. */
  readonly cooldownMs: number;
  /** A trigger is active above this. */
  readonly activationThreshold?: number;
  readonly behavior: HpaOptions['behavior'];
  readonly syncMs?: number;
}

/** Whether a ScaledObject goes from nothing to one replica, or from some to nothing. */
export function decideActivation(at: {
  readonly replicas: number;
  readonly active: boolean;
  /** How long nothing has been active; 0 while something is. */
  readonly idleMs: number;
  readonly cooldownMs: number;
}): 'wake' | 'sleep' | 'stay' {
  if (at.active) return at.replicas === 0 ? 'wake' : 'stay';
  return at.replicas > 0 && at.idleMs >= at.cooldownMs ? 'sleep' : 'stay';
}

/**
 * KEDA in front of one Deployment. Between 1 and the maximum it only carries numbers: the HPA that it generates asks at each sync, and
 * KEDA asks Prometheus at that moment. Between 0 and 1 it decides itself, at each poll.
 */
export function applyScaledObject(stage: PolicyStage, { key, variant }: StageVariant, object: ScaledObject): void {
  const { triggers, activationThreshold = 0 } = object;
  stage.hpa(key, {
    metrics: triggers.map(({ name, threshold, query }) => ({ name, type: 'averageValue', target: threshold, read: () => query() ?? 0 })),
    minReplicas: Math.max(1, variant.minReplicas),
    maxReplicas: variant.maxReplicas,
    behavior: object.behavior,
    ...(object.syncMs === undefined ? {} : { syncMs: object.syncMs }),
  });
  if (variant.minReplicas > 0) {
    leaveZero(stage, key, 'KEDA holds a ScaledObject at its minimum');
    return;
  }

  let activeAtMs = stage.now();
  stage.every(
    object.pollMs,
    () => {
      const values = triggers.map(({ name, query }) => ({ name, value: query() ?? 0 }));
      const active = values.filter(({ value }) => value > activationThreshold);
      if (active.length > 0) activeAtMs = stage.now();
      const { spec } = stage.replicas(key);
      const idleMs = stage.now() - activeAtMs;
      const verdict = decideActivation({ replicas: spec, active: active.length > 0, idleMs, cooldownMs: object.cooldownMs });
      if (verdict === 'stay') return;
      const to = verdict === 'wake' ? 1 : 0;
      const why =
        verdict === 'wake'
          ? `active: ${active.map(({ name, value }) => `${name} ${value}`).join(', ')}`
          : `nothing active for ${idleMs / 1000} s, cooldown ${object.cooldownMs / 1000} s`;
      stage.scale({ variant: key, from: spec, to, why });
    },
    firstAfter(stage, `keda/${key}`, object.pollMs),
  );
}

/** An HPA does nothing at 0: what is to have one replica at least has to be brought there first. */
export function leaveZero(stage: PolicyStage, variant: string, why: string): void {
  if (stage.replicas(variant).spec === 0) stage.scale({ variant, from: 0, to: 1, why });
}
