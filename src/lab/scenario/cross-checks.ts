import { closest } from 'fastest-levenshtein';
import { findProfile, servingProfiles } from '../../simulator/index.ts';
import type { Finding, Path } from './finding.ts';
import { profileOf } from './profiles.ts';
import type { ExperimentScenario, ScenarioFault, ScenarioModel, ScenarioTraffic, ScenarioVariant } from './scenario.ts';

/** What each part allows and all together do not. */
export function crossProblems(scenario: ExperimentScenario): readonly Finding[] {
  return [
    ...scenario.models.flatMap((model, index) => modelProblems(model, ['models', index], scenario)),
    ...scenario.faults.flatMap((fault, index) => faultProblems(fault, ['faults', index], scenario)),
    ...acceleratorProblems(scenario),
  ];
}

function modelProblems(model: ScenarioModel, path: Path, scenario: ExperimentScenario): readonly Finding[] {
  const roles = new Set(model.variants.map(({ role }) => role));
  const findings: Finding[] = [];
  const expect = (holds: boolean, message: string): void => {
    if (!holds) findings.push({ path: [...path, 'variants'], message });
  };
  expect(!roles.has('prefill') || roles.has('decode'), 'there is a variant of role prefill and none of role decode, expected both');
  expect(!roles.has('decode') || roles.has('prefill'), 'there is a variant of role decode and none of role prefill, expected both');
  expect(!roles.has('both') || roles.size === 1, 'variants of role both stand beside prefill or decode, expected one kind or the other');
  return [
    ...findings,
    ...model.traffic.flatMap((traffic, index) => trafficProblems(traffic, [...path, 'traffic', index], scenario.durationSeconds)),
    ...model.variants.flatMap((variant, index) => variantProblems(variant, index, model, [...path, 'variants', index])),
  ];
}

function variantProblems(variant: ScenarioVariant, index: number, { id, variants }: ScenarioModel, path: Path): readonly Finding[] {
  const { name, profile, minReplicas, maxReplicas, initialReplicas } = variant;
  const findings: Finding[] = [];
  if (variants.findIndex((other) => other.name === name) < index) findings.push({ path, key: 'name', message: `is "${name}" like that of a variant before it, expected names that differ` });
  if (minReplicas > maxReplicas) findings.push({ path, key: 'minReplicas', message: `is ${minReplicas}, expected at most maxReplicas, ${maxReplicas}` });
  else if (initialReplicas < minReplicas || initialReplicas > maxReplicas) {
    findings.push({ path, key: 'initialReplicas', message: `is ${initialReplicas}, expected between minReplicas and maxReplicas, ${minReplicas} and ${maxReplicas}` });
  }
  if (variant.staticReplicas !== undefined && variant.staticReplicas > maxReplicas) findings.push({ path, key: 'staticReplicas', message: `is ${variant.staticReplicas}, expected at most maxReplicas, ${maxReplicas}` });
  if (variant.ownProfile === undefined && findProfile(profile) === undefined) {
    if (/[.](json|ya?ml)$/.test(profile)) return findings; // told when it was read
    findings.push({ path, key: 'profile', message: `there is no serving profile "${profile}". Did you mean ${closest(profile, servingProfiles.map((each) => each.name))}?` });
  } else if (variant.ownProfile === undefined) {
    const served = profileOf(variant).serving.modelID;
    if (served !== id) findings.push({ path, key: 'profile', message: `${profile} serves ${served}, expected one of the model ${id}` });
  }
  return findings;
}

function trafficProblems(traffic: ScenarioTraffic, path: Path, durationSeconds: number): readonly Finding[] {
  const findings: Finding[] = [];
  if (traffic.kind === 'stages' && !traffic.repeat) {
    const length = traffic.stages.reduce((total, stage) => total + stage.seconds, 0);
    if (length > durationSeconds) findings.push({ path, key: 'stages', message: `last ${length} s together, expected at most durationSeconds, ${durationSeconds}` });
  }
  if (traffic.kind === 'stages' && traffic.stages.every((stage) => stage.seconds === 0)) findings.push({ path, key: 'stages', message: 'last 0 s together, expected a stage that takes time' });
  if (traffic.kind === 'constant') {
    if (traffic.fromSeconds >= durationSeconds) findings.push({ path, key: 'fromSeconds', message: `is ${traffic.fromSeconds}, expected less than durationSeconds, ${durationSeconds}` });
    if (traffic.arrivals === 'counted' && traffic.untilSeconds === undefined) findings.push({ path, key: 'untilSeconds', message: 'is missing, expected a time: without an end there is nothing to count' });
  }
  if ((traffic.kind === 'constant' || traffic.kind === 'trace') && (traffic.untilSeconds ?? Infinity) <= traffic.fromSeconds) {
    findings.push({ path, key: 'untilSeconds', message: `is ${traffic.untilSeconds}, expected more than fromSeconds, ${traffic.fromSeconds}` });
  }
  if (traffic.kind === 'diurnal' && traffic.lowPerSecond > traffic.highPerSecond) findings.push({ path, key: 'lowPerSecond', message: `is ${traffic.lowPerSecond}, expected at most highPerSecond, ${traffic.highPerSecond}` });
  if (traffic.kind !== 'trace') {
    for (const key of ['prompt', 'output'] as const) {
      const { lowest, highest } = traffic[key];
      if (lowest > highest) findings.push({ path: [...path, key], key: 'lowest', message: `is ${lowest}, expected at most highest, ${highest}` });
    }
  }
  return findings;
}

function faultProblems(fault: ScenarioFault, path: Path, { models, durationSeconds }: ExperimentScenario): readonly Finding[] {
  const findings: Finding[] = [];
  if (fault.atSeconds >= durationSeconds) findings.push({ path, key: 'atSeconds', message: `is ${fault.atSeconds}, expected less than durationSeconds, ${durationSeconds}` });
  if ((fault.untilSeconds ?? Infinity) <= fault.atSeconds) findings.push({ path, key: 'untilSeconds', message: `is ${fault.untilSeconds}, expected more than atSeconds, ${fault.atSeconds}` });
  if (fault.kind === 'metrics') {
    const needed = { late: 'seconds', partial: 'share', lying: 'factor', lost: undefined, frozen: undefined }[fault.how] as 'seconds' | 'share' | 'factor' | undefined;
    if (needed !== undefined && fault[needed] === undefined) findings.push({ path, key: needed, message: `is missing, expected a number: metrics are ${fault.how}` });
    return findings;
  }
  const names = models.flatMap(({ variants }) => variants.map(({ name }) => name));
  const keys = models.flatMap(({ variants }, index) => variants.map(({ name }) => `${index}/${name}`));
  const hits = names.filter((name) => name === fault.variant).length;
  if (hits > 1) findings.push({ path, key: 'variant', message: `"${fault.variant}" is in several models, expected one of ${keys.filter((key) => key.endsWith(`/${fault.variant}`)).join(', ')}` });
  else if (hits === 0 && !keys.includes(fault.variant)) findings.push({ path, key: 'variant', message: `there is no variant "${fault.variant}", expected one of ${names.join(', ')}` });
  return findings;
}

/** An accelerator that nothing runs on is a name that was misspelt. */
function acceleratorProblems(scenario: ExperimentScenario): readonly Finding[] {
  const variants = scenario.models.flatMap((model) => model.variants).filter((variant) => variant.ownProfile !== undefined || findProfile(variant.profile) !== undefined);
  const used = new Map<string, number>();
  for (const variant of variants) {
    const { serving, acceleratorsPerReplica } = profileOf(variant);
    used.set(serving.accelerator, (used.get(serving.accelerator) ?? 0) + acceleratorsPerReplica * variant.initialReplicas);
  }
  return Object.entries(scenario.accelerators).flatMap(([name, there]): Finding[] => {
    const needed = used.get(name);
    if (needed === undefined) return [{ path: ['accelerators'], key: name, message: `no variant runs on it, expected one of ${[...used.keys()].join(', ')}` }];
    return needed > there ? [{ path: ['accelerators'], key: name, message: `is ${there}, expected at least ${needed}: the initial replicas have so many` }] : [];
  });
}
