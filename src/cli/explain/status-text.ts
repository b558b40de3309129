import type { VariantAutoscaling } from '../../wire/index.ts';
import { counted } from '../lab/figures.ts';
import { bold } from '../lab/style.ts';
import { paragraph } from './paragraph.ts';

/** What the status of a resource says of its last decision: the trail and the conditions, without what they were made from. */
export function statusText({ metadata, status }: VariantAutoscaling): string[] {
  const key = `${metadata?.namespace}/${metadata?.name}`;
  const { currentAlloc, desiredOptimizedAlloc: desired, trail = [], conditions = [] } = status ?? {};
  const { numReplicas, lastUpdate, lastRunTime, accelerator } = desired ?? {};
  if (status === undefined || (desired === undefined && conditions.length === 0)) return [`${key} has no status yet: no controller has decided about it.`];
  const what = numReplicas === undefined ? 'nothing is desired' : `${counted(numReplicas, 'replica')} desired${accelerator === undefined ? '' : ` on ${accelerator}`}`;
  const there = currentAlloc?.numReplicas === undefined ? '' : `, ${currentAlloc.numReplicas} there, ${currentAlloc.readyReplicas ?? 0} ready`;
  const { numReplicasChanged: change = 0, updateTime, reason, message } = lastUpdate ?? {};
  return [
    bold(`${key}${lastRunTime === undefined ? '' : ` at ${lastRunTime}`}: ${what}${there}${reason === undefined ? '' : ` (${reason})`}.`),
    ...(updateTime === undefined ? [] : paragraph(`The last news is of ${updateTime}: ${change === 0 ? 'the same number' : `${change > 0 ? '+' : ''}${change}`}${message === undefined ? '.' : `. ${message}`}`)),
    ...(trail.length === 0 ? [] : ['', bold('How the number came about'), ...trail.flatMap(({ from, to, reason: why, message: sentence }) => paragraph(`${from} -> ${to}  ${why}: ${sentence}`))]),
    ...(conditions.length === 0 ? [] : ['', bold('What is said of it'), ...conditions.flatMap(({ type, status: is, reason: why, message: sentence }) => paragraph(`${type} is ${is} (${why}): ${sentence}`))]),
    '',
    ...paragraph('This is what status holds. What was seen of each replica, what the other variants were decided, and the decisions before are with the controller (--server URL) and in a record (--record FILE).', ''),
  ];
}
