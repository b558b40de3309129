import { findPolicy, type Policy } from '../policies/index.ts';

/**
 * A policy with other numbers than its own. Its name says so, `keda[queueTarget=4]`, because results of both may stand in one table.
 *
 * @throws PolicyError for a name or setting that there is not.
 */
export function namedPolicy(name: string, settings: Readonly<Record<string, number>>): Policy {
  const changes = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const policy = findPolicy(name, settings);
  return changes.length === 0 ? policy : { ...policy, name: `${name}[${changes.join(',')}]` };
}
