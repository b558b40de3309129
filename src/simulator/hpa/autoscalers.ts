import { compareText } from '../../base/index.ts';
import type { HorizontalPodAutoscaler, LabelSelector, Pod, Scale } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from '../controllers/cluster.ts';
import { timeText } from '../controllers/context.ts';
import type { ControllerContext } from '../controllers/context.ts';
import { isReady, setConditions } from '../controllers/pod-state.ts';
import { matchesSelector, parseSelector } from '../controllers/selectors.ts';
import type { Controller } from '../controllers/work-queue.ts';
import type { ApiAccess } from './api-access.ts';
import { afterRescale, autoscale, needsMetrics } from './autoscale.ts';
import type { AutoscalerOptions, AutoscaleResult, SelectorProblem } from './autoscale.ts';
import type { MetricAnswer } from './metric-proposals.ts';
import type { AutoscalerMemory } from './normalization.ts';

const component = 'horizontal-pod-autoscaler';
const patienceMs = 60_000;

/** Syncs every HorizontalPodAutoscaler, one period after it appeared and then one period after each sync. */
export function startAutoscalers(
  { cluster, clock, record }: ControllerContext,
  api: ApiAccess,
  options: AutoscalerOptions & { readonly syncMs: number },
): Controller {
  const timers = new Map<string, () => void>();
  const memories = new Map<string, AutoscalerMemory>();
  const selectors = new Map<string, LabelSelector>();
  let stopped = false;

  function plan(key: string): void {
    if (!stopped) timers.set(key, clock.schedule(options.syncMs, () => void syncAndPlan(key)));
  }

  async function syncAndPlan(key: string): Promise<void> {
    const [namespace, name] = splitKey(key);
    const hpa = cluster.get<HorizontalPodAutoscaler>(kinds.autoscalers, namespace, name);
    if (hpa === undefined) {
      for (const remembered of [timers, memories, selectors]) remembered.delete(key);
      return;
    }
    try {
      await sync(key, namespace, hpa);
    } catch (error) {
      event(hpa, 'Warning', 'FailedSync', error instanceof Error ? error.message : String(error));
    } finally {
      plan(key);
    }
  }

  async function sync(key: string, namespace: string, hpa: HorizontalPodAutoscaler): Promise<void> {
    const target = hpa.spec?.scaleTargetRef ?? { kind: '', name: '' };
    const answer = await api.readScale(namespace, target);
    if (!answer.ok) {
      unscalable(hpa, answer.problem);
      return;
    }
    const { scale, path } = answer;
    const specReplicas = scale.spec?.replicas ?? 0;
    const asking = needsMetrics(hpa, specReplicas, options);
    const selector = scale.status?.selector ?? '';
    const pods = selector === '' ? [] : podsOf(namespace, selector);
    const selectorProblem = asking ? selectorProblemOf(key, namespace, selector, pods) : undefined;
    const answers = asking && selectorProblem === undefined ? await readMetrics(hpa, namespace) : [];
    const sizes = {
      specReplicas,
      statusReplicas: scale.status?.replicas ?? 0,
      pods: pods.length,
      readyPods: pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod)).length,
    };
    const nowMs = clock.now();
    let result = autoscale({ hpa, sizes, answers, selectorProblem, memory: memories.get(key), options, nowMs });
    if (result.rescale) {
      const refusal = await api.writeScale(path, scale, result.desired);
      if (refusal !== undefined) {
        memories.set(key, result.memory);
        refusedScale(hpa, specReplicas, result, refusal);
        return;
      }
      result = afterRescale(result, hpa, specReplicas, options, nowMs);
    }
    memories.set(key, result.memory);
    finish(hpa, scale, result);
  }

  async function readMetrics(hpa: HorizontalPodAutoscaler, namespace: string): Promise<readonly MetricAnswer[]> {
    const answers: MetricAnswer[] = [];
    for (const { external } of hpa.spec?.metrics ?? []) {
      answers.push(
        external === undefined
          ? { ok: false, problem: 'it is no external metric' }
          : await orTooLate(api.readExternalMetric(namespace, external.metric.name, external.metric.selector)),
      );
    }
    return answers;
  }

  /** An API that never answers holds up this object for so long, and no other one. */
  async function orTooLate(answer: Promise<MetricAnswer>): Promise<MetricAnswer> {
    const patience = new AbortController();
    const tooLate = clock.sleep(patienceMs, patience.signal).then(
      (): MetricAnswer => ({ ok: false, problem: 'unable to fetch metrics from external metrics API: context deadline exceeded' }),
    );
    tooLate.catch(() => undefined);
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      patience.abort(new Error('The answer came.'));
    }
  }

  function podsOf(namespace: string, selector: string): readonly Pod[] {
    const parsed = parseSelector(selector);
    return cluster.list<Pod>(kinds.pods, namespace).filter((pod) => matchesSelector(parsed, pod.metadata?.labels));
  }

  function selectorProblemOf(key: string, namespace: string, selector: string, pods: readonly Pod[]): SelectorProblem | undefined {
    if (selector === '') {
      return {
        conditionReason: 'InvalidSelector',
        conditionMessage: "the HPA target's scale is missing a selector",
        eventReason: 'SelectorRequired',
        message: 'selector is required',
      };
    }
    selectors.set(key, parseSelector(selector));
    const claimants = [...selectors].filter(
      ([other, parsed]) => other.startsWith(`${namespace}/`) && pods.some((pod) => matchesSelector(parsed, pod.metadata?.labels)),
    );
    if (claimants.length < 2) return undefined;
    const list = claimants.map(([other]) => splitKey(other)).map(([space, name]) => `{${name} ${space}}`);
    const message = `pods by selector ${selector} are controlled by multiple HPAs: [${list.toSorted(compareText).join(' ')}]`;
    return { conditionReason: 'AmbiguousSelector', conditionMessage: message, eventReason: 'AmbiguousSelector', message };
  }

  function unscalable(hpa: HorizontalPodAutoscaler, problem: string): void {
    event(hpa, 'Warning', 'FailedGetScale', problem);
    const conditions = setConditions(
      hpa.status?.conditions,
      [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: `the HPA controller was unable to get the target's current scale: ${problem}` }],
      timeText(clock.now()),
    );
    writeStatus(hpa, { currentReplicas: 0, desiredReplicas: 0, ...hpa.status, conditions });
  }

  function refusedScale(hpa: HorizontalPodAutoscaler, current: number, result: AutoscaleResult, problem: string): void {
    event(hpa, 'Warning', 'FailedRescale', `New size: ${result.desired}; reason: ${result.rescaleReason}; error: ${problem}`);
    const conditions = setConditions(
      result.conditions,
      [{ type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message: `the HPA controller was unable to update the target scale: ${problem}` }],
      timeText(clock.now()),
    );
    writeStatus(hpa, { ...hpa.status, currentReplicas: current, desiredReplicas: hpa.status?.desiredReplicas ?? 0, conditions });
  }

  function finish(hpa: HorizontalPodAutoscaler, scale: Scale, result: AutoscaleResult): void {
    for (const { type, reason, message } of result.events) event(hpa, type, reason, message);
    const lastScaleTime = result.rescale ? timeText(clock.now()) : hpa.status?.lastScaleTime;
    writeStatus(hpa, {
      currentReplicas: scale.spec?.replicas ?? 0,
      desiredReplicas: result.failed ? (hpa.status?.desiredReplicas ?? 0) : result.desired,
      ...(lastScaleTime !== undefined && { lastScaleTime }),
      ...(result.currentMetrics !== undefined && result.currentMetrics.length > 0 && { currentMetrics: [...result.currentMetrics] }),
      conditions: [...result.conditions],
    });
  }

  function writeStatus(hpa: HorizontalPodAutoscaler, status: NonNullable<HorizontalPodAutoscaler['status']>): void {
    cluster.updateStatus<HorizontalPodAutoscaler>(kinds.autoscalers, { ...hpa, status });
  }

  function event(hpa: HorizontalPodAutoscaler, type: 'Normal' | 'Warning', reason: string, message: string): void {
    record(component, { ...hpa, apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }, type, reason, message);
  }

  for (const hpa of cluster.list(kinds.autoscalers)) plan(keyOf(hpa));
  const end = cluster.watch(kinds.autoscalers, (_, hpa) => {
    if (!timers.has(keyOf(hpa))) plan(keyOf(hpa));
  });
  return {
    stop() {
      stopped = true;
      end();
      for (const cancel of timers.values()) cancel();
    },
  };
}
