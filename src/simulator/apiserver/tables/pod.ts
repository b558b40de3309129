import { plainText } from '../api-object.ts';
import type { ApiObject } from '../api-object.ts';
import { ageColumn, ageText, at, column, itemsAt, nameColumn, wide } from './column.ts';
import type { Column } from './column.ts';

interface ContainerStatus {
  ready?: boolean;
  restartCount?: number;
  state?: { waiting?: { reason?: string }; terminated?: { reason?: string; signal?: number; exitCode?: number; finishedAt?: string }; running?: object };
  lastState?: { terminated?: { finishedAt?: string } };
}

/** The word of the STATUS column: phase, or the reason that tells more. */
export function podStatus(pod: ApiObject): string {
  let word = plainText(at(pod, 'status', 'reason') ?? at(pod, 'status', 'phase') ?? '');
  const scheduled = itemsAt(pod, 'status', 'conditions').find((each) => each['type'] === 'PodScheduled');
  if (scheduled?.['reason'] === 'SchedulingGated') word = 'SchedulingGated';
  let isRunning = false;
  for (const status of (itemsAt(pod, 'status', 'containerStatuses') as ContainerStatus[]).toReversed()) {
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) word = waiting.reason;
    else if (terminated) word = terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`);
    else if (status.ready && running) isRunning = true;
  }
  if (word === 'Completed' && isRunning) word = itemsAt(pod, 'status', 'conditions').some((each) => each['type'] === 'Ready' && each['status'] === 'True') ? 'Running' : 'NotReady';
  if (pod.metadata.deletionTimestamp !== undefined) word = at(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
  return word;
}

function ready(pod: ApiObject): string {
  const statuses = itemsAt(pod, 'status', 'containerStatuses') as ContainerStatus[];
  const count = statuses.filter((status) => status.ready && status.state?.running).length;
  return `${count}/${itemsAt(pod, 'spec', 'containers').length}`;
}

function restarts(pod: ApiObject, nowMs: number): string {
  const statuses = itemsAt(pod, 'status', 'containerStatuses') as ContainerStatus[];
  const count = statuses.reduce((all, status) => all + (status.restartCount ?? 0), 0);
  const last = statuses.map((status) => status.lastState?.terminated?.finishedAt).filter((time) => time !== undefined).toSorted().at(-1);
  return count > 0 && last !== undefined ? `${count} (${ageText(last, nowMs)} ago)` : String(count);
}

const orNone = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : '<none>');

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', ready),
  column('Status', podStatus),
  column('Restarts', restarts),
  ageColumn,
  column('IP', (pod) => orNone(at(pod, 'status', 'podIP')), wide),
  column('Node', (pod) => orNone(at(pod, 'spec', 'nodeName')), wide),
  column('Nominated Node', (pod) => orNone(at(pod, 'status', 'nominatedNodeName')), wide),
  column(
    'Readiness Gates',
    (pod) => {
      const gates = itemsAt(pod, 'spec', 'readinessGates');
      const met = gates.filter((gate) => itemsAt(pod, 'status', 'conditions').some((each) => each['type'] === gate['conditionType'] && each['status'] === 'True'));
      return gates.length === 0 ? '<none>' : `${met.length}/${gates.length}`;
    },
    wide,
  ),
];
