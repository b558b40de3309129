import { deletionCostAnnotation, type Condition, type Pod } from '../wire/index.ts';
import type { SnapshotPod } from './cluster-snapshot.ts';
import { metricsPortsOf } from './engines.ts';
import { instant } from './instant.ts';
import type { PodFacts } from './pod-facts.ts';
import { revisionOf } from './revision.ts';

/** A replica as a snapshot shows it. One that leads a group depends on its workers, and is read in every look. */
export function snapshotPod(facts: PodFacts, workers: readonly PodFacts[]): SnapshotPod {
  return workers.length === 0 ? (facts.alone ??= readPod(facts, workers)) : readPod(facts, workers);
}

function readPod({ pod, uid, name, isLive }: PodFacts, workers: readonly PodFacts[]): SnapshotPod {
  const ready = isReady(pod);
  const revision = revisionOf(pod.spec);
  const said = pod.metadata?.annotations?.[deletionCostAnnotation];
  const cost = said === undefined ? undefined : Number(said);
  const readySinceMs = ready ? instant(conditionOf(pod, 'Ready')?.lastTransitionTime) : undefined;
  return {
    pod: name,
    uid,
    createdAtMs: instant(pod.metadata?.creationTimestamp) ?? 0,
    phase: pod.status?.phase ?? 'Unknown',
    ...schedulingOf(pod, isLive),
    // a group serves when all of it runs: a worker that finds no node keeps the others waiting
    ...workers.map((worker) => ({ unschedulable: schedulingOf(worker.pod, worker.isLive).unschedulable })).find(({ unschedulable }) => unschedulable !== undefined),
    ready,
    ...(readySinceMs === undefined ? {} : { readySinceMs }),
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    ...(cost !== undefined && Number.isInteger(cost) && { deletionCost: cost }),
    ip: pod.status?.podIP ?? '',
    ports: metricsPortsOf(pod.spec),
    ...(revision !== undefined && { revision }),
  };
}

/**
 * A node is what counts, not the condition: a pod that names its node itself was never seen by the scheduler. A pod behind a
 * scheduling gate is not refused (the reason is then SchedulingGated), nor is one that is going.
 */
function schedulingOf(pod: Pod, isLive: boolean): Pick<SnapshotPod, 'scheduled' | 'scheduledAtMs' | 'unschedulable'> {
  const said = conditionOf(pod, 'PodScheduled');
  const sinceMs = instant(said?.lastTransitionTime);
  if (pod.spec?.nodeName) return { scheduled: true, ...(said?.status === 'True' && sinceMs !== undefined && { scheduledAtMs: sinceMs }) };
  if (said?.status !== 'False' || said.reason !== 'Unschedulable' || !isLive) return { scheduled: false };
  return { scheduled: false, unschedulable: { sinceMs: sinceMs ?? instant(pod.metadata?.creationTimestamp) ?? 0, message: said.message ?? '' } };
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function conditionOf(pod: Pod, wanted: string): Condition | undefined {
  return pod.status?.conditions?.find(({ type }) => type === wanted);
}
