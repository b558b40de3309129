import { rounded } from '../../base/index.ts';
import type { BasisInput, BatchSource, ChoiceBasis, DecisionBasis, MixBasis, Need, ReplicaCapacity, RequestShape } from '../../model/index.ts';
import { instant } from '../history/words.ts';
import { counted } from '../lab/figures.ts';
import { paragraph } from './paragraph.ts';
import { age, label, quantity } from './quantities.ts';

/** What the load needs, with its parts: of the learning engine in requests, of the other analyzers in their unit of capacity. */
export function needLines({ need, analysis }: DecisionBasis): string[] {
  if (need !== undefined) return requestLines(need);
  if (analysis === undefined) return [];
  const { unit, serving, required, sufficient, perReplica } = analysis;
  const told = [`${rounded(serving)} ${unit} serve`, ...(required === undefined ? [] : [`${rounded(required)} are called for`]), ...(sufficient === undefined ? [] : [`${rounded(sufficient)} would still do`]), ...(perReplica === undefined ? [] : [`a replica brings ${rounded(perReplica)}`])];
  return paragraph(`${told.join(', ')}.`);
}

function requestLines(need: Need): string[] {
  const { totalPerSecond, arrivingPerSecond, backlogPerSecond, waiting, foreseenWaiting, allowedWaiting, source, levelPerSecond, levelDeviationPerSecond, levelSinceMs, beforePerSecond, measuredPerSecond, reservePerSecond, trendPerSecond, horizonMs, atMostPerSecond, mayReturnToPerSecond, lateAllowedFraction, answered, expectedPerSecond, meanPerSecond = 0, stayingFraction = 0 } = need;
  const before = beforePerSecond === undefined ? '' : ` (before that ${rounded(beforePerSecond)}/s)`;
  return [
    ...paragraph(`${rounded(totalPerSecond)} requests/s: ${rounded(arrivingPerSecond)} ${expectedPerSecond === undefined ? 'arrive' : 'are expected'}, and ${rounded(backlogPerSecond)} drain the queue (${rounded(waiting, 0)} wait${foreseenWaiting > 0 ? `, ${rounded(foreseenWaiting, 0)} more will before new replicas serve` : ''}, ${rounded(allowedWaiting, 0)} may).`),
    ...paragraph(`Counted by the ${source}: ${rounded(levelPerSecond)}/s on average since ${instant(levelSinceMs)}, give or take ${rounded(levelDeviationPerSecond)}${before}; ${rounded(measuredPerSecond)}/s since the last look.`),
    ...(expectedPerSecond === undefined ? [] : paragraph(`It comes and goes about ${rounded(meanPerSecond)}/s: after ${age(horizonMs)}, until a replica asked for now would serve, ${rounded(stayingFraction * 100, 0)} % of a difference is left, which has been a better forecast than no change. So ${rounded(expectedPerSecond)}/s is reckoned with.`)),
    ...paragraph(`Headroom for a rise of ${rounded(reservePerSecond)}/s within ${age(horizonMs)}, until a replica asked for now would serve; the trend alone brings ${rounded(trendPerSecond)}/s of it.`),
    ...paragraph(budgetWords(lateAllowedFraction, answered)),
    ...paragraph(mayReturnToPerSecond > atMostPerSecond ? `Removals are weighed by ${rounded(mayReturnToPerSecond)}/s, to which it may drift back.` : `Removals are weighed by ${rounded(atMostPerSecond)}/s, the most that it is likely to be.`),
  ];
}

function budgetWords(allowed: number, answered: Need['answered']): string {
  const told = answered === undefined ? 'nobody tells yet how long requests take' : `of ${rounded(answered.requests, 0)} requests of the last hours ${rounded(answered.late, 0)} were late, and older ones count less`;
  return `Headroom is for all but ${rounded(100 * allowed)} % of the requests, by the SLO and what is left of its error budget: ${told}.`;
}

const limitWords: Readonly<Record<NonNullable<ReplicaCapacity['limitedBy']>, string>> = { KvCache: 'its KV cache is full', InterTokenLatency: 'the ITL target binds', TimeToFirstToken: 'the TTFT target binds', Sequences: 'its engine runs no more', Prefill: 'prefill binds, by the TTFT target' };

const batchKnown: Readonly<Record<BatchSource, string>> = { Argument: 'it is told to run', Assumed: 'nobody tells how many it may run, and engines like it run', Seen: 'its replicas were seen to run, while others waited that there was room for,' };

/** How many sequences its engine runs at once, where that is what binds, or was found out. */
function batchWords(batch: ReplicaCapacity['batch'], limitedBy: ReplicaCapacity['limitedBy']): string {
  return batch === undefined || (limitedBy !== 'Sequences' && batch.from !== 'Seen') ? '' : ` (${batchKnown[batch.from]} up to ${rounded(batch.most, 0)} at once)`;
}

/** What one replica of the variant carries, and how that is known. */
export function capacityLines({ capacity, requests }: DecisionBasis): string[] {
  if (capacity === undefined) return [];
  const { known, guessedFrom, sustainedPerSecond, surelyPerSecond, fullPerSecond, limitedBy, sequences, promptSeconds, kvCapacityTokens, law, batch, startup } = capacity;
  const start = startup.seen === 0 ? `A start is assumed to take ${age(startup.medianMs)}, a late one ${age(startup.lateMs)}; none has been seen.` : `A start takes ${age(startup.medianMs)}, nine of ten up to ${age(startup.lateMs)} (${startup.seen} seen).`;
  if (known === 'Unknown' || fullPerSecond === undefined || limitedBy === undefined || law === undefined) return [...paragraph('Nothing is known of it yet: no replica of the model has shown how long its tokens take.'), ...paragraph(start)];
  const cache = kvCapacityTokens === undefined ? '' : `; its KV cache holds ${rounded(kvCapacityTokens, 0)} tokens`;
  const sustained = sustainedPerSecond === undefined ? '' : `${rounded(sustainedPerSecond)} requests/s with that headroom, ${rounded(surelyPerSecond ?? sustainedPerSecond)} by what removals are weighed by, and `;
  const how = known === 'Learned' ? `Learned from ${counted(Math.round(law.windows), 'minute')} of its replicas` : `Guessed from ${guessedFrom ?? 'another variant'} and data sheets`;
  return [
    ...paragraph(`${sustained}${rounded(fullPerSecond)}/s when full, ${promptSeconds === undefined ? `at ${rounded(sequences ?? 0, 0)} sequences, where ${limitWords[limitedBy]}${batchWords(batch, limitedBy)}` : `where a prompt takes ${rounded(promptSeconds)} s`}${cache}.`),
    ...paragraph(`${how}: an iteration takes ${rounded(law.baseMs)} ms, ${rounded(law.perSequenceMs, 3)} ms a sequence, ${rounded(law.perResidentMs, 3)} ms per 1000 tokens in the KV cache, ${rounded(law.perPromptMs, 1)} ms per 1000 prompt tokens; give or take ${rounded(law.deviationFraction * 100, 0)} % when full.`),
    ...(requests === undefined ? [] : paragraph(shapeWords(requests))),
    ...paragraph(start),
  ];
}

function shapeWords({ meanPromptTokens, meanGenerationTokens, prefixHitFraction, residentTokens }: RequestShape): string {
  return `A request of late has ${rounded(meanPromptTokens, 0)} prompt tokens (${rounded(prefixHitFraction * 100, 0)} % from the prefix cache), ${rounded(meanGenerationTokens, 0)} generated ones, and ${rounded(residentTokens, 0)} in the KV cache while it runs.`;
}

const question: Readonly<Record<ChoiceBasis['among'], string>> = { Additions: 'with what there is and what is added to it', Removals: 'with what may stay of what there is', AnyMix: 'with any mix' };
const notWorth = { SavesTooLittle: 'a change has to save a tenth', PaysBackTooSlowly: 'the change would not pay back within half an hour' } as const;

/** What was chosen, what came second, and what both cost. */
export function choiceLines({ choice }: DecisionBasis): string[] {
  if (choice === undefined) return [];
  const { among, variants, neededPerSecond, chosen, runnerUp, notWorthIt } = choice;
  const words = ({ replicas, costPerHour, carriesPerSecond }: MixBasis): string => `${mixWords(variants, replicas)} for ${costPerHour.toFixed(2)} an hour, which ${replicas.reduce((a, b) => a + b, 0) === 1 ? 'sustains' : 'sustain'} ${rounded(carriesPerSecond)}/s`;
  const second = runnerUp === undefined ? (chosen.enough ? 'Nothing else would do but more of the same.' : 'That is not enough, and no more may be added.') : `Runner-up: ${words(runnerUp)}, ${(runnerUp.costPerHour - chosen.costPerHour).toFixed(2)} dearer.`;
  return [
    ...paragraph(`To carry ${rounded(neededPerSecond)} requests/s ${question[among]}: ${words(chosen)}.`),
    ...paragraph(second),
    ...(notWorthIt === undefined ? [] : paragraph(`Not worth a change: ${words(notWorthIt.mix)}, ${notWorthIt.savingPerHour.toFixed(2)} cheaper; ${notWorth[notWorthIt.because]}.`)),
  ];
}

function mixWords(variants: readonly string[], replicas: readonly number[]): string {
  const parts = variants.flatMap((key, index) => (replicas[index] === 0 ? [] : [`${replicas[index]} x ${key.slice(key.indexOf('/') + 1)}`]));
  return parts.length === 0 ? 'no replica' : parts.join(' and ');
}

/** What the load was read from, with the age of the oldest sample in it. */
export function inputLines({ inputs }: DecisionBasis): string[] {
  return inputs.flatMap((input) => paragraph(inputWords(input)));
}

function inputWords({ name, from, freshness, value, ageMs, why, told, of }: BasisInput): string {
  const who = from === 'router' ? 'router' : `${told ?? 0} of ${counted(of ?? 0, 'replica')}`;
  if (value === undefined || ageMs === undefined) return `${label(name)}: missing${why === undefined ? '' : ` (${why})`}, ${who}`;
  return `${label(name)}: ${quantity(name, value)} (${freshness}, ${age(ageMs)} old, ${who})`;
}
