import { isDeepStrictEqual } from 'node:util';
import { policyFields, valueAt } from '../../config/index.ts';
import { defaultPolicy, scheduleInWords, type Policy, type PolicyLayer, type ScheduledBounds } from '../../model/index.ts';
import { paragraph, together } from './paragraph.ts';

/** The policy that a variant was decided under, field by field as one would write it: what was said about it first, for that is where a mistake may be. */
export function policyLines(policy: Policy, resource: PolicyLayer | undefined): string[] {
  const own: string[] = [];
  const said: string[] = [];
  const builtIn: string[] = [];
  const nowhere: string[] = [];
  for (const { key, target, write } of policyFields) {
    const value = valueAt(policy, target);
    if (value === undefined) {
      nowhere.push(key);
      continue;
    }
    const text = target === 'schedule' ? scheduleWords(policy.schedule) : together(`${key} ${String(write(value))}`);
    if (valueAt(resource ?? {}, target) !== undefined) own.push(text);
    else if (isDeepStrictEqual(value, valueAt(defaultPolicy, target))) builtIn.push(text);
    else said.push(text);
  }
  const line = (about: string, fields: readonly string[]): string[] => (fields.length === 0 ? [] : paragraph(`${about}: ${fields.join(', ')}.`));
  return [...line('Said by the resource', own), ...line('Configured otherwise than built in', said), ...line('As built in', builtIn), ...line('Nobody says', nowhere)];
}

function scheduleWords(schedule: readonly ScheduledBounds[]): string {
  const bounds = ({ minReplicas, maxReplicas }: ScheduledBounds): string =>
    [minReplicas === undefined ? [] : [`at least ${minReplicas}`], maxReplicas === undefined ? [] : [`at most ${maxReplicas}`]].flat().join(' and ');
  return schedule.length === 0 ? 'no schedule' : `schedule ${schedule.map((entry) => `${scheduleInWords(entry)} ${bounds(entry)}`).join('; ')}`;
}
