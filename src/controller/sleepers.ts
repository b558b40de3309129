import { groupBy } from '../base/index.ts';
import { modelKey, type CycleRecord, type Decision } from '../model/index.ts';

/** A model of which nothing runs, and which the first request may bring back. */
export interface Sleeper {
  readonly namespace: string;
  readonly modelID: string;
  /** What routers may call it. */
  readonly names: readonly string[];
}

/** The models of which no replica is asked for, nor decided on. One that nobody may wake sleeps on. */
export function sleepersOf({ decisions, observation }: Pick<CycleRecord, 'decisions' | 'observation'>): Sleeper[] {
  const atRest = decisions.filter(isAtRest);
  if (atRest.length === 0) return [];
  const restless = new Set(decisions.filter((decision) => decision.suppressedBy === undefined && !isAtRest(decision)).map(({ variant }) => modelKey(variant)));
  const called = new Map(observation.variants.map(({ variant, servedAs }) => [variant.key, servedAs]));
  return [...groupBy(atRest, ({ variant }) => modelKey(variant))].flatMap(([key, those]) => {
    const { namespace, modelID } = (those[0] as Decision).variant;
    if (modelID === '' || restless.has(key) || !those.some(mayWake)) return [];
    return [{ namespace, modelID, names: [...new Set([modelID, ...those.flatMap(({ variant }) => called.get(variant.key) ?? [])])] }];
  });
}

function isAtRest({ current, desired = 0, suppressedBy }: Decision): boolean {
  return current === 0 && desired === 0 && suppressedBy === undefined;
}

function mayWake({ variant: { mode, maxReplicas } }: Decision): boolean {
  return (mode === 'act' || mode === 'pausedDown') && maxReplicas !== 0;
}
