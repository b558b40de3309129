import { groupBy } from '../../base/index.ts';
import type { Decision, DecisionAccount, PastDecision, Reading, ReplicaObservation, TrailStep, Variant, VariantAccount, VariantObservation } from '../../model/index.ts';
import { instant } from '../history/words.ts';
import { drawTable, type Column } from '../lab/columns.ts';
import { counted } from '../lab/figures.ts';
import { bold, dim } from '../lab/style.ts';
import { capacityLines, choiceLines, inputLines, needLines } from './basis-text.ts';
import { paragraph, together } from './paragraph.ts';
import { policyLines } from './policy-lines.ts';
import { age, label, quantity, wordsFor } from './quantities.ts';

/** Decisions before the last that are shown. */
const mostBefore = 5;

/** The whole account of a variant's last decision, in sentences. `note`: what is to be known about where it is from. */
export function accountText({ account, decisions }: VariantAccount, note?: string): string[] {
  const { atMs, decision, seen, policy, others, problems } = account;
  const { basis } = decision;
  return [
    bold(headline(account)),
    ...(note === undefined ? [] : paragraph(note, '')),
    ...section('How the number came about', trailLines(decision)),
    ...(basis === undefined ? [] : [...section('What the load needs', needLines(basis)), ...section('What a replica carries', capacityLines(basis)), ...section('What was chosen', choiceLines(basis)), ...section('What the load was read from', inputLines(basis))]),
    ...section('What else it rests on', [...unknownFields(decision, decisionFields, atMs), ...unknownFields(basis ?? {}, basisFields, atMs)]),
    ...section('What it costs', costLines(decision)),
    ...section('What it is', variantLines(decision.variant)),
    ...section('What was seen', seenLines(seen, atMs)),
    ...section('The other variants of the model', otherLines(others)),
    ...section('What is said of it', decision.conditions.flatMap(({ type, status, reason, message }) => paragraph(`${type} is ${status} (${reason}): ${message}`))),
    ...section('What could not be seen', problems.flatMap(({ source, about, message }) => paragraph(`${source}, ${about}: ${message}`))),
    ...section('Before that', decisions.slice(1, 1 + mostBefore).flatMap(pastLines)),
    ...section('By which policy', policyLines(policy, seen.variant.policy)),
    // last, for it may be long
    ...section('Each pod', seen.replicas.flatMap((pod) => podLines(pod, atMs))),
  ];
}

/** `3 replicas`. */
function replicas(count: number): string {
  return counted(count, 'replica');
}

function headline({ atMs, decision: { variant, desired, previous, current, readyReplicas, held, reason } }: DecisionAccount): string {
  const what = desired === undefined ? 'nothing is desired' : `${replicas(desired)} desired`;
  const before = previous === undefined || previous === desired ? '' : `, ${previous} before`;
  return `${variant.key} at ${instant(atMs)}: ${what}${before}, ${current} there, ${readyReplicas} ready (${reason}${held ? '; the last decision is held' : ''}).`;
}

function variantLines(variant: Variant): string[] {
  const { modelID, accelerator, acceleratorCount, acceleratorSource, costPerHour, target, minReplicas, maxReplicas, minReplicasAssumed, role, engine, mode, actuation } = variant;
  const bounds = maxReplicas === undefined ? `at least ${replicas(minReplicas)}` : `${minReplicas} to ${replicas(maxReplicas)}`;
  const source = acceleratorSource === 'Spec' ? '' : `, known from ${label(lowerFirst(acceleratorSource))}`;
  return [
    ...paragraph(`${modelID} on ${acceleratorCount === 1 ? '' : `${acceleratorCount} `}${accelerator}${source} (${engine}, ${role === 'both' ? 'prefill and decode' : role}), ${costPerHour.toFixed(2)} an hour for a replica.`),
    ...paragraph(`${target.kind} ${target.name}, ${bounds}${minReplicasAssumed === true ? ' (nobody wrote down the minimum)' : ''}; ${modeWords[mode]}, ${actuation === 'direct' ? 'by writing its scale' : 'as a metric that an autoscaler follows'}.`),
    ...unknownFields(variant, variantFields, 0),
  ];
}

const modeWords: Readonly<Record<Variant['mode'], string>> = { act: 'decisions take effect', recommend: 'decisions are shown and take no effect', paused: 'paused', pausedDown: 'paused downwards: it may grow' };

function seenLines(seen: VariantObservation, nowMs: number): string[] {
  const { targetState, currentReplicas, replicas: pods, suppressedBy, unmatchedPods, lastDesired } = seen;
  const count = (is: (pod: ReplicaObservation) => boolean): number => pods.filter((pod) => is(pod)).length;
  const starting = count(({ ready, scheduled, terminating }) => !ready && scheduled && !terminating);
  const target =
    targetState.kind === 'found'
      ? `The target asks for ${replicas(targetState.replicas)}, ${currentReplicas} of this variant; ${targetState.scaledBy === undefined ? 'no autoscaler targets it' : `${targetState.scaledBy} scales it`}.`
      : `The target is missing (${targetState.why}): ${targetState.detail}`;
  return [
    ...paragraph(target),
    ...paragraph(
      `${counted(pods.length, 'pod')}: ${count(({ ready, terminating }) => ready && !terminating)} ready, ${starting} starting, ${count(({ scheduled, terminating }) => !scheduled && !terminating)} without a node, ${count(({ terminating }) => terminating)} ending.`,
    ),
    ...(lastDesired === undefined ? [] : paragraph(`Status said ${replicas(lastDesired.replicas)} on ${lastDesired.accelerator}, of ${instant(lastDesired.atMs)}.`)),
    ...(suppressedBy === undefined ? [] : paragraph(`${suppressedBy} claims the same target and accelerator, and comes first.`)),
    ...(unmatchedPods.length === 0 ? [] : paragraph(`No source said anything about ${unmatchedPods.join(', ')}.`)),
    ...unknownFields(seen, seenFields, nowMs),
  ];
}

function podLines(pod: ReplicaObservation, nowMs: number): string[] {
  const state = pod.terminating
    ? 'ending'
    : pod.ready
      ? `ready${pod.readySinceMs === undefined ? '' : ` for ${age(nowMs - pod.readySinceMs)}`}`
      : `${pod.scheduled ? 'starting' : 'without a node'} for ${age(nowMs - pod.createdAtMs)}`;
  const node = pod.scheduledAtMs === undefined ? '' : `, on its node for ${age(nowMs - pod.scheduledAtMs)}`;
  const none = pod.unschedulable === undefined ? [] : paragraph(`The scheduler has found no node for ${age(nowMs - pod.unschedulable.sinceMs)}: ${pod.unschedulable.message}`, '    ');
  const readings = Object.entries(pod.readings) as [string, Reading<number | boolean>][];
  const groups = groupBy(readings, ([, reading]) => (reading.kind === 'missing' ? `missing (${reading.why})${reading.detail === undefined ? '' : `|${reading.detail}`}` : `${reading.kind}, ${age(nowMs - reading.atMs)} old`));
  const [only] = groups.keys();
  const own = [`  ${pod.pod}: ${state}${node}`, ...none, ...unknownFields(pod, podFields, nowMs, '    ')];
  if (groups.size === 1 && only?.startsWith('missing')) {
    const [about, detail] = apart(only);
    return [...own, ...paragraph(`every reading is ${about}${detail === undefined ? '' : `: ${detail}`}`, '    ')];
  }
  return [
    ...own,
    ...[...groups]
      .toSorted(([a], [b]) => order(a) - order(b))
      .flatMap(([group, members]) => {
        const [about, detail] = apart(group);
        return paragraph(`${about}: ${members.map(([name, reading]) => together(readingWords(name, reading))).join(', ')}${detail === undefined ? '' : `. ${detail}`}`, '    ');
      }),
  ];
}

/** What readings of a group have in common, and the sentence that all of them have about it: said once. */
function apart(group: string): [about: string, detail: string | undefined] {
  const [about = '', ...detail] = group.split('|');
  return [about, detail.length === 0 ? undefined : detail.join('|')];
}

function order(group: string): number {
  return ['fresh', 'stale', 'missing'].indexOf(group.split(/[ ,]/)[0] ?? '');
}

function readingWords(name: string, reading: Reading<number | boolean>): string {
  if (reading.kind === 'missing') return label(name);
  return `${label(name)} ${typeof reading.value === 'number' ? quantity(name, reading.value) : reading.value ? 'yes' : 'no'}`;
}

function trailLines({ trail, current, desired }: Decision): string[] {
  if (trail.length === 0) return ['  No step was taken.'];
  return [`  ${replicas(current)} there.`, ...trail.flatMap(stepLines), `  ${desired === undefined ? 'Nothing is desired.' : `${replicas(desired)} desired.`}`];
}

function stepLines(step: TrailStep): string[] {
  return [...paragraph(`${step.from} -> ${step.to}  ${step.reason}: ${step.sentence}`), ...unknownFields(step, stepFields, 0, '      ')];
}

function costLines({ variant: { costPerHour }, current, desired }: Decision): string[] {
  const cost = (count: number): string => (count * costPerHour).toFixed(2);
  if (desired === undefined) return [`  ${cost(current)} an hour for what is there.`];
  return [`  ${cost(desired)} an hour for ${replicas(desired)}; what is there costs ${cost(current)}.`];
}

const otherColumns: readonly Column[] = [{ title: 'variant' }, { title: 'on' }, { title: 'an hour', align: 'right' }, { title: 'there', align: 'right' }, { title: 'ready', align: 'right' }, { title: 'desired', align: 'right' }, { title: 'why' }];

function otherLines(others: readonly Decision[]): string[] {
  if (others.length === 0) return [];
  const rows = others.map(({ variant, current, readyReplicas, desired, reason }) => ({
    cells: [variant.key, variant.accelerator, variant.costPerHour.toFixed(2), String(current), String(readyReplicas), desired === undefined ? '-' : String(desired), reason],
  }));
  return [...drawTable(otherColumns, rows, dim, '  ')];
}

function pastLines({ atMs, from, to, reason, trail }: PastDecision): string[] {
  const number = from === to ? `${to ?? 'undecided'} stays` : `${from ?? 'undecided'} -> ${to ?? 'undecided'}`;
  const told = trail.filter((step) => step.from !== step.to);
  return paragraph(`${instant(atMs)}  ${number}  ${reason}: ${(told.length > 0 ? told : trail.slice(0, 1)).map(({ sentence }) => sentence).join(' ')}`);
}

// What has words of its own above; every other field is put into words by its name.
const decisionFields = ['variant', 'current', 'readyReplicas', 'desired', 'previous', 'suppressedBy', 'held', 'reason', 'trail', 'conditions', 'load', 'basis'];
const basisFields = ['analyzer', 'inputs', 'requests', 'capacity', 'need', 'choice', 'analysis'];
const stepFields = ['from', 'to', 'reason', 'sentence'];
const seenFields = ['variant', 'targetState', 'currentReplicas', 'replicas', 'lastDesired', 'lastConditions', 'suppressedBy', 'unmatchedPods'];
const podFields = ['pod', 'uid', 'createdAtMs', 'phase', 'scheduled', 'scheduledAtMs', 'unschedulable', 'ready', 'readySinceMs', 'terminating', 'readings'];
const variantFields = ['key', 'uid', 'namespace', 'name', 'generation', 'createdAtMs', 'target', 'modelID', 'accelerator', 'acceleratorSource', 'acceleratorCount', 'costPerHour', 'minReplicas', 'maxReplicas', 'minReplicasAssumed', 'role', 'engine', 'policy', 'mode', 'actuation'];

function unknownFields(value: object, known: readonly string[], nowMs: number, indent = '  '): string[] {
  return Object.entries(value)
    .filter(([key, inner]) => !known.includes(key) && inner !== undefined)
    .flatMap(([key, inner]) => wordsFor(key, inner, nowMs, indent));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', bold(title), ...lines];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
