import { sum } from '../../base/index.ts';
import type { HorizontalPodAutoscaler } from '../../wire/index.ts';
import { describeSelector } from './go-text.ts';
import { formatMilli, largestMilli, parseMilli } from './quantity.ts';
import { proposeForAverageValue, proposeForValue } from './replica-proposal.ts';
import type { Tolerances } from './replica-proposal.ts';

export type MetricSpec = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['metrics']>[number];

/** What asking for one metric gave: the values of all series in thousandths, or why there are none. */
export type MetricAnswer = { readonly ok: true; readonly milli: readonly number[] } | { readonly ok: false; readonly problem: string };

/** Sizes of the target as its scale subresource and its pods show them. */
export interface TargetSizes {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  /** Pods that match the selector. */
  readonly pods: number;
  readonly readyPods: number;
}

export type MetricOutcome =
  | { readonly ok: true; readonly replicas: number; readonly name: string; readonly status: object }
  | {
      readonly ok: false;
      /** Reason of the condition and of the event, e.g. FailedGetExternalMetric. */
      readonly reason: string;
      readonly problem: string;
      /** The problem with what the controller wraps around it. */
      readonly wrapped: string;
    };

/** What one metric of an autoscaler asks for. */
export function proposeForMetric(
  spec: MetricSpec,
  answer: MetricAnswer,
  sizes: TargetSizes,
  tolerances: Tolerances,
  namespace: string,
): MetricOutcome {
  const { external } = spec;
  if (external === undefined) return unsupported(spec);
  const { name, selector } = external.metric;
  const described = describeSelector(selector);
  const { averageValue, value } = external.target;
  const failed = (problem: string, inner: string): MetricOutcome => ({
    ok: false,
    reason: 'FailedGetExternalMetric',
    problem,
    wrapped: `failed to get ${name} external metric value: ${inner}${problem}`,
  });
  if (averageValue === undefined && value === undefined) {
    return failed('invalid external metric source: neither a value target nor an average value target was set', '');
  }
  const inner = averageValue === undefined ? `failed to get external metric ${name}: ` : `failed to get ${name} external metric: `;
  if (!answer.ok) return failed(`unable to get external metric ${namespace}/${name}/${described}: ${answer.problem}`, inner);

  const usageMilli = averageValue === undefined ? sum(answer.milli) : sumOrOverflow(answer.milli);
  const targetMilli = parseMilli(averageValue ?? value ?? '') ?? 0;
  const found = (replicas: number, current: object): MetricOutcome => ({
    ok: true,
    replicas,
    name: `external metric ${name}(${described})`,
    status: { type: 'External', external: { metric: external.metric, current } },
  });
  if (averageValue !== undefined) {
    const proposal = proposeForAverageValue({ usageMilli, targetMilli, statusReplicas: sizes.statusReplicas, tolerances });
    return found(proposal.replicas, { averageValue: formatMilli(proposal.usageMilli) });
  }
  const ratioCounts = sizes.specReplicas !== 0 && !withinTolerance(usageMilli / targetMilli, tolerances);
  if (ratioCounts && sizes.pods === 0) {
    return failed('unable to calculate ready pods: no pods returned by selector while calculating replica count', inner);
  }
  const { specReplicas, readyPods } = sizes;
  const proposal = proposeForValue({ usageMilli, targetMilli, specReplicas, readyPods, tolerances });
  return found(proposal.replicas, { value: formatMilli(proposal.usageMilli) });
}

/** A sum that becomes negative is taken for an overflow by Kubernetes, and so for the largest number there is. */
function sumOrOverflow(values: readonly number[]): number {
  let total = 0;
  for (const value of values) {
    total += value;
    if (total < 0) return largestMilli;
  }
  return total;
}

function withinTolerance(ratio: number, { up, down }: Tolerances): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** This world has no resource or custom metrics, so these fail as they do in a cluster without a metrics server. */
function unsupported(spec: MetricSpec): MetricOutcome {
  const problem = `this cluster serves no metrics of type ${spec.type}: the server could not find the requested resource`;
  return { ok: false, reason: `FailedGet${spec.type}Metric`, problem, wrapped: `failed to get ${spec.type} metric value: ${problem}` };
}
