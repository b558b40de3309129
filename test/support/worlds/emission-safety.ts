import { groupBy } from '../../../src/base/index.ts';
import { targetKey, type CycleRecord, type Decision } from '../../../src/model/index.ts';

/** What the world is told must be what was decided. */
export function emissionBreaches({ observation, decisions, emission }: CycleRecord): string[] {
  const found: string[] = [];
  const served = decisions.filter(({ desired, suppressedBy, variant }) => desired !== undefined && suppressedBy === undefined && variant.mode !== 'recommend');
  const shown = emission.series.map(({ namespace, targetName, acceleratorType, current, desired }) => `${namespace}/${targetName}/${acceleratorType} ${current} ${desired}`);
  const meant = served.map(({ variant, current, desired }) => `${variant.namespace}/${variant.target.name}/${variant.accelerator} ${current} ${desired}`);
  if (shown.toSorted().join() !== meant.toSorted().join()) found.push(`shows ${shown.join()} where ${meant.join()} was decided`);
  for (const { variant, desired } of decisions) {
    const status = emission.statuses.find(({ resource }) => resource.key === variant.key);
    if (status?.desired !== desired) found.push(`${variant.key}: the status says ${status?.desired} and ${desired} was decided`);
  }
  for (const { desired, variant, previous } of served) {
    const change = emission.scalings.find(({ series }) => series.variantName === variant.name && series.namespace === variant.namespace);
    const direction = previous === undefined || previous === desired ? undefined : (desired as number) > previous ? 'up' : 'down';
    if (change?.direction !== direction) found.push(`${variant.key}: ${previous} -> ${desired} is counted as ${change?.direction}`);
  }
  const states = new Map(observation.variants.map((seen) => [seen.variant.key, seen.targetState]));
  const byTarget = groupBy(decisions.filter(({ suppressedBy }) => suppressedBy === undefined), ({ variant }) => targetKey(variant));
  for (const { variantKeys, replicas, target, namespace } of emission.scales) {
    const sharers: readonly Decision[] = byTarget.get(`${namespace}/${target.kind}/${target.name}`) ?? [];
    if (sharers.map(({ variant }) => variant.key).toSorted().join() !== variantKeys.toSorted().join()) found.push(`${target.name} is written for ${variantKeys.join()} alone`);
    const asked = sharers.reduce((total, { desired = NaN }) => total + desired, 0);
    if (replicas !== asked) found.push(`${target.name} is written ${replicas} where ${asked} are asked for`);
    for (const { variant } of sharers) {
      const state = states.get(variant.key);
      if (variant.mode === 'paused' || variant.mode === 'recommend') found.push(`${target.name} is written although ${variant.key} is in mode ${variant.mode}`);
      const crosses = state?.kind === 'found' && (state.replicas === 0) !== (replicas === 0);
      if (state?.kind !== 'found' || (state.scaledBy !== undefined && !crosses)) found.push(`${target.name} is written although an autoscaler does so`);
    }
  }
  return found;
}
