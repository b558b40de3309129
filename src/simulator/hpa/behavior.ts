import type { ScalingRules } from '../../wire/index.ts';

/** Scaling rules with nothing left open. */
export interface CompleteRules {
  readonly stabilizationMs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly { readonly type: 'Pods' | 'Percent'; readonly value: number; readonly periodSeconds: number }[];
}

/** `--horizontal-pod-autoscaler-downscale-stabilization` of the controller manager. */
export const defaultDownscaleStabilizationMs = 300_000;

/** What autoscaling/v2 fills in where `behavior.scaleUp` says nothing: at once, by 4 pods or to the double in 15 s. */
export function completeScaleUp(rules: ScalingRules | undefined): CompleteRules {
  return {
    stabilizationMs: (rules?.stabilizationWindowSeconds ?? 0) * 1000,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: rules?.policies ?? [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  };
}

/** What it fills in for `behavior.scaleDown`: the controller's window (5 minutes), then all at once. */
export function completeScaleDown(
  rules: ScalingRules | undefined,
  windowMs = defaultDownscaleStabilizationMs,
): CompleteRules {
  const seconds = rules?.stabilizationWindowSeconds;
  return {
    stabilizationMs: seconds === undefined ? windowMs : seconds * 1000,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: rules?.policies ?? [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  };
}
