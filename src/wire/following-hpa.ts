import type { HorizontalPodAutoscaler, ScalingRules } from './kubernetes.ts';

/** What an HPA that follows decisions is made of. */
export interface FollowingHpa {
  readonly namespace: string;
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Whether the API server knows `tolerance`: from 1.33 on. */
  readonly knowsTolerance: boolean;
}

/**
 * Restraint is the controller's, which counts replicas that are starting and waits before it removes any: a second stabilisation would only
 * add up. So any change is followed at once and whole (of a few replicas 100 % are a small step, hence the policy of pods beside it), and no
 * difference is let be: with the usual tolerance of 10 % one replica more or less does nothing from ten on.
 */
const exactly: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }, { type: 'Pods', value: 100, periodSeconds: 15 }],
  tolerance: '0',
};

export const followingBehavior: NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']> = { scaleUp: exactly, scaleDown: exactly };

/** The HPA that follows what is decided for a scale target, whatever the names of its variants. */
export function followingHpa({ namespace, target, minReplicas, maxReplicas, knowsTolerance }: FollowingHpa): HorizontalPodAutoscaler {
  const { tolerance: _, ...withoutTolerance } = exactly;
  const { apiVersion, kind, name } = target;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { ...(apiVersion !== '' && { apiVersion }), kind, name },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: 'wva_desired_replicas', selector: { matchLabels: { target_name: name, target_kind: kind } } },
            target: { type: 'AverageValue', averageValue: '1' },
          },
        },
      ],
      behavior: knowsTolerance ? followingBehavior : { scaleUp: withoutTolerance, scaleDown: withoutTolerance },
    },
  };
}
