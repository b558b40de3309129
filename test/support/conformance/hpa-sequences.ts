import type { HorizontalPodAutoscaler, ScalingRules } from '../../../src/wire/index.ts';

type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>;

/** One answer of the external metrics API: the values of its series, or a refusal. */
export type ScriptedAnswer = readonly string[] | { readonly status: number; readonly message: string };

export interface HpaSequence {
  /** Also the namespace in which it runs. */
  readonly name: string;
  /** Replicas of the target when the autoscaler appears. */
  readonly replicas: number;
  /** How many of the pods are ready; all of them unless told. */
  readonly readyPods?: number;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** AverageValue "1" unless told. */
  readonly target?: { readonly averageValue?: string; readonly value?: string };
  readonly behavior?: Behavior;
  /** Answers to the autoscaler's requests, in their order; the last one is repeated. */
  readonly load: readonly ScriptedAnswer[];
  /** Answers for a second metric, where the autoscaler has one. */
  readonly other?: readonly ScriptedAnswer[];
  /** Name of the Deployment that the autoscaler points at, if it is not the one that is there. */
  readonly targetName?: string;
}

/**
 * Seconds between two looks of the autoscaler. All windows and periods below are odd multiples of half of it, so that half a look of
 * jitter on a busy machine changes no count.
 */
export const syncSeconds = 2;

/** No windows, and a hundred pods at once. */
const eager: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 100, periodSeconds: 15 }] },
  scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 100, periodSeconds: 15 }] },
};
const up = (rules: ScalingRules): Behavior => ({ ...eager, scaleUp: { ...eager.scaleUp, ...rules } });
const down = (rules: ScalingRules): Behavior => ({ ...eager, scaleDown: { ...eager.scaleDown, ...rules } });
const times = (count: number, ...series: string[]): readonly ScriptedAnswer[] => Array.from({ length: count }, () => series);
const refused = (status: number, message: string): ScriptedAnswer => ({ status, message });

export const hpaSequences: readonly HpaSequence[] = [
  { name: 'follows-desired', replicas: 1, behavior: eager, load: [['1'], ['2'], ['2'], ['5'], ['4'], ['1'], ['1']] },
  { name: 'tolerance-at-ten', replicas: 10, maxReplicas: 20, behavior: eager, load: [['9'], ['11'], ['9'], ['10'], ['11']] },
  { name: 'tolerance-just-passed', replicas: 10, maxReplicas: 20, behavior: eager, load: [['11100m'], ['12'], ['12']] },
  { name: 'tolerance-at-twenty', replicas: 20, maxReplicas: 40, behavior: eager, load: [['19'], ['21'], ['22'], ['23'], ['23']] },
  { name: 'tolerance-zero-up', replicas: 20, maxReplicas: 40, behavior: up({ tolerance: '0' }), load: [['20'], ['21'], ['19500m'], ['22'], ['22']] },
  { name: 'tolerance-wide-down', replicas: 20, maxReplicas: 40, behavior: down({ tolerance: '300m' }), load: [['15'], ['14'], ['13'], ['13'], ['12']] },
  { name: 'series-summed', replicas: 1, behavior: eager, load: [['2', '3'], ['2', '3'], ['1', '1', '1'], ['1', '1', '1']] },
  { name: 'fractions', replicas: 1, behavior: eager, load: [['2500m'], ['2500m'], ['3500m'], ['100m'], ['100m']] },
  { name: 'half-a-unit-each', replicas: 1, target: { averageValue: '500m' }, behavior: eager, load: [['2'], ['2'], ['1250m'], ['1250m']] },
  { name: 'value-multiplies', replicas: 2, target: { value: '1' }, behavior: eager, load: [['3'], ['1'], ['500m'], ['1'], ['1']] },
  { name: 'value-with-unready-pods', replicas: 4, readyPods: 2, target: { value: '1' }, behavior: eager, load: [['2'], ['3'], ['1'], ['1']] },
  { name: 'value-with-no-ready-pod', replicas: 3, readyPods: 0, target: { value: '1' }, behavior: eager, load: [['1'], ['2'], ['1']] },
  { name: 'value-of-fifty', replicas: 4, target: { value: '50' }, behavior: eager, load: [['54'], ['60'], ['45'], ['40'], ['50'], ['50']] },
  { name: 'average-with-unready-pods', replicas: 3, readyPods: 1, behavior: eager, load: [['3'], ['5'], ['2'], ['2']] },
  { name: 'metric-missing', replicas: 3, behavior: eager, load: [['3'], [], [], ['5'], [], ['2'], ['2']] },
  {
    name: 'api-errors', replicas: 3, behavior: eager,
    load: [refused(503, 'the backend is away'), refused(500, 'the backend broke'), ['4'], refused(404, 'there is no such metric'), ['2'], ['2']],
  },
  {
    name: 'one-of-two-fails-up', replicas: 2, behavior: eager,
    load: [['2'], ['4'], ['4'], ['6'], ['6']], other: [['1'], refused(500, 'the other broke'), refused(500, 'the other broke'), refused(500, 'the other broke'), ['1']],
  },
  {
    name: 'one-of-two-fails-down', replicas: 6, behavior: eager,
    load: [['6'], ['2'], ['2'], ['2'], ['2']], other: [['1'], refused(500, 'the other broke'), refused(500, 'the other broke'), ['3'], ['3']],
  },
  { name: 'highest-of-two', replicas: 2, behavior: eager, load: [['2'], ['5'], ['1'], ['1']], other: [['3'], ['1'], ['4'], ['4']] },
  { name: 'up-by-pods', replicas: 1, behavior: up({ policies: [{ type: 'Pods', value: 2, periodSeconds: 3 }] }), load: times(8, '9') },
  { name: 'up-by-percent', replicas: 2, behavior: up({ policies: [{ type: 'Percent', value: 50, periodSeconds: 3 }] }), load: times(8, '10') },
  { name: 'up-by-a-small-percent', replicas: 3, behavior: up({ policies: [{ type: 'Percent', value: 10, periodSeconds: 1 }] }), load: times(5, '8') },
  {
    name: 'up-by-the-most', replicas: 2,
    behavior: up({ selectPolicy: 'Max', policies: [{ type: 'Pods', value: 3, periodSeconds: 3 }, { type: 'Percent', value: 100, periodSeconds: 3 }] }), load: times(7, '20'), maxReplicas: 20,
  },
  {
    name: 'up-by-the-least', replicas: 2,
    behavior: up({ selectPolicy: 'Min', policies: [{ type: 'Pods', value: 3, periodSeconds: 3 }, { type: 'Percent', value: 100, periodSeconds: 3 }] }), load: times(7, '20'), maxReplicas: 20,
  },
  { name: 'up-disabled', replicas: 3, behavior: up({ selectPolicy: 'Disabled' }), load: [['9'], ['9'], ['2'], ['9'], ['9']] },
  { name: 'down-disabled', replicas: 3, behavior: down({ selectPolicy: 'Disabled' }), load: [['1'], ['5'], ['1'], ['1']] },
  { name: 'down-by-pods', replicas: 10, behavior: down({ policies: [{ type: 'Pods', value: 2, periodSeconds: 5 }] }), load: times(9, '1') },
  { name: 'down-by-percent', replicas: 10, behavior: down({ policies: [{ type: 'Percent', value: 25, periodSeconds: 3 }] }), load: times(8, '2') },
  {
    name: 'down-by-the-least', replicas: 10,
    behavior: down({ selectPolicy: 'Min', policies: [{ type: 'Pods', value: 3, periodSeconds: 3 }, { type: 'Percent', value: 10, periodSeconds: 3 }] }), load: times(7, '2'),
  },
  { name: 'down-window', replicas: 5, behavior: down({ stabilizationWindowSeconds: 5 }), load: [['5'], ['2'], ['5'], ['2'], ['2'], ['2'], ['2'], ['2']] },
  { name: 'down-window-steps', replicas: 8, behavior: down({ stabilizationWindowSeconds: 7 }), load: [['8'], ['7'], ['6'], ['5'], ['4'], ['3'], ['3'], ['3'], ['3'], ['3']] },
  { name: 'up-window', replicas: 2, behavior: up({ stabilizationWindowSeconds: 5 }), load: [['2'], ['6'], ['2'], ['6'], ['6'], ['4'], ['6'], ['6'], ['6'], ['6']] },
  {
    name: 'both-windows', replicas: 4,
    behavior: { scaleUp: { ...eager.scaleUp, stabilizationWindowSeconds: 3 }, scaleDown: { ...eager.scaleDown, stabilizationWindowSeconds: 5 } },
    load: [['4'], ['8'], ['2'], ['8'], ['8'], ['2'], ['2'], ['2'], ['2'], ['8'], ['8'], ['8']],
  },
  { name: 'to-the-minimum', replicas: 4, minReplicas: 2, behavior: eager, load: [['1'], ['0'], ['0'], ['3'], ['3']] },
  { name: 'to-the-maximum', replicas: 2, maxReplicas: 6, behavior: eager, load: [['50'], ['50'], ['5'], ['5']] },
  { name: 'a-million', replicas: 2, maxReplicas: 7, behavior: eager, load: [['1M'], ['1M'], ['1G'], ['1G']] },
  { name: 'negative', replicas: 3, behavior: eager, load: [['-5'], ['4'], ['4']] },
  { name: 'negative-value', replicas: 3, target: { value: '1' }, behavior: eager, load: [['-5'], ['1'], ['1']] },
  { name: 'zero-replicas', replicas: 0, behavior: eager, load: [['3'], ['3'], ['3']] },
  { name: 'above-the-maximum', replicas: 8, maxReplicas: 5, behavior: eager, load: [['3'], ['3'], ['9'], ['9']] },
  { name: 'below-the-minimum', replicas: 1, minReplicas: 3, behavior: eager, load: [['1'], ['5'], ['5']] },
  { name: 'no-behavior-doubles', replicas: 1, maxReplicas: 30, load: times(6, '30') },
  { name: 'no-behavior-holds', replicas: 5, load: [['5'], ['2'], ['7'], ['1'], ['1']] },
  { name: 'behavior-of-defaults', replicas: 1, maxReplicas: 30, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } }, load: times(10, '30') },
  { name: 'missing-to-the-end', replicas: 3, behavior: eager, load: [['3'], [], [], []] },
  { name: 'away-to-the-end', replicas: 3, behavior: eager, load: [['3'], refused(503, 'the backend is away'), refused(503, 'the backend is away'), refused(503, 'the backend is away')] },
  { name: 'broken-to-the-end', replicas: 3, load: [['4'], refused(500, 'the backend broke'), refused(500, 'the backend broke'), refused(500, 'the backend broke')] },
  { name: 'unknown-to-the-end', replicas: 3, target: { value: '2' }, load: [['2'], refused(404, 'there is no such metric'), refused(404, 'there is no such metric'), refused(404, 'there is no such metric')] },
  {
    name: 'one-of-two-to-the-end', replicas: 3, behavior: eager,
    load: [['3'], ['2'], ['2'], ['2']], other: [['1'], refused(500, 'the other broke'), refused(500, 'the other broke'), refused(500, 'the other broke'), refused(500, 'the other broke')],
  },
  { name: 'target-not-there', replicas: 2, targetName: 'nobody', behavior: eager, load: [['3']] },
];

export const metricNames = { load: 'load', other: 'other' } as const;

/** The Deployment that a sequence scales. */
export function deploymentOf({ name, replicas }: HpaSequence): object {
  const labels = { app: 'server' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'server', namespace: name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'server', image: 'server:1' }] } },
    },
  };
}

/** The autoscaler of a sequence. */
export function autoscalerOf(sequence: HpaSequence): object {
  const { name, minReplicas = 1, maxReplicas = 12, target = { averageValue: '1' }, behavior, other, targetName = 'server' } = sequence;
  const type = target.value === undefined ? 'AverageValue' : 'Value';
  const metrics = [metricNames.load, ...(other === undefined ? [] : [metricNames.other])].map((metric) => ({
    type: 'External',
    external: { metric: { name: metric, selector: { matchLabels: { target_name: 'server', target_kind: 'Deployment' } } }, target: { type, ...target } },
  }));
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'server', namespace: name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: targetName }, minReplicas, maxReplicas, ...(behavior && { behavior }), metrics },
  };
}
