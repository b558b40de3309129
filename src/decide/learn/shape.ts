import { freshValue, type ReplicaObservation, type ShapeMemory } from '../../model/index.ts';

/** What the requests of a model are like. */
export interface Shape {
  readonly promptTokens: number;
  readonly generationTokens: number;
  /** Of the prompt tokens, those found in the prefix cache. */
  readonly hitFraction: number;
  /** Variance of the prompt tokens by the square of their mean. */
  readonly promptVariation: number;
  /** Mean tokens in the KV cache for each running sequence; what sequences share counts once. */
  readonly tokensPerSequence: number;
  /** Requests that this was learned from; what has been forgotten does not count. */
  readonly requests: number;
}

/** Requests of the last minutes count: a model's users change over hours. */
const memoryMs = 300_000;
/** Means are over so long. */
const windowSeconds = 60;
/** Before any request has ended: a chat. */
const guess = { promptTokens: 1000, generationTokens: 300, weight: 0.5, variation: 0.5 };

/**
 * The shape with what replicas showed since it was last learned.
 *
 * @param stage What they do of a request. Where that is a part of it, all that they do tells of that part, and of the last minute, how long it is at least.
 */
export function learnShape(before: ShapeMemory | undefined, serving: readonly ReplicaObservation[], nowMs: number, stage: 'prompts' | 'answers' | 'all' = 'all'): ShapeMemory {
  const seconds = before === undefined ? 15 : Math.max(0, (nowMs - before.atMs) / 1000);
  if (seconds === 0 && before !== undefined) return before;
  const keep = Math.exp((-seconds * 1000) / memoryMs);
  let weight = 0;
  let prompts = 0;
  let generated = 0;
  let hits = 0;
  let running = 0;
  let resident = 0;
  let windows = 0;
  let squares = 0;
  const usual = before !== undefined && before.requests > 20 ? before.promptTokens / before.requests : undefined;
  for (const { readings } of serving) {
    const ended = freshValue(readings.completionsPerSecond);
    const prompt = freshValue(readings.meanPromptTokens);
    const generation = freshValue(readings.meanGenerationTokens);
    if (ended !== undefined && prompt !== undefined && generation !== undefined && ended > 0) {
      weight += ended * seconds;
      prompts += ended * seconds * prompt;
      generated += ended * seconds * generation;
      // the mean of n requests deviates by the n-th part of their variance
      if (usual !== undefined) {
        windows += seconds;
        squares += seconds * ended * windowSeconds * (prompt - usual) ** 2;
      }
      hits += ended * seconds * (freshValue(readings.prefixHitFraction) ?? 0);
    }
    const batch = freshValue(readings.running);
    const used = freshValue(readings.kvUsedFraction);
    const capacity = readings.kvCapacityTokens;
    if (batch !== undefined && used !== undefined && capacity.kind !== 'missing' && batch > 0) {
      running += batch * seconds;
      resident += used * capacity.value * seconds;
    }
  }
  return {
    requests: keep * (before?.requests ?? 0) + weight,
    promptTokens: keep * (before?.promptTokens ?? 0) + prompts,
    generationTokens: keep * (before?.generationTokens ?? 0) + generated,
    hitTokens: keep * (before?.hitTokens ?? 0) + hits,
    windows: keep * (before?.windows ?? 0) + windows,
    promptSquares: keep * (before?.promptSquares ?? 0) + squares,
    running: keep * (before?.running ?? 0) + running,
    resident: keep * (before?.resident ?? 0) + resident,
    ...(stage === 'answers' && { answersAtLeast: answersNow(serving) }),
    ...(stage === 'prompts' && { promptsAtLeast: promptsNow(serving, before) }),
    atMs: nowMs,
  };
}

/**
 * Tokens that are generated for each request that comes or goes, less a standard deviation of their number. While answers become longer, those that have ended are the short ones, for minutes: what
 * runs tells of the others. Where the rate changes it is less than the mean, and else it is the mean.
 */
function answersNow(serving: readonly ReplicaObservation[]): number {
  let tokens = 0;
  let came = 0;
  for (const { readings } of serving) {
    const generated = freshValue(readings.generationTokensPerSecond);
    const arrived = freshValue(readings.arrivalsPerSecond);
    const ended = freshValue(readings.completionsPerSecond);
    if (generated === undefined || arrived === undefined || ended === undefined) continue;
    tokens += generated;
    came += Math.max(arrived, ended);
  }
  const counted = came * windowSeconds;
  return counted > 1 ? (tokens / came) * (1 - 1 / Math.sqrt(counted)) : 0;
}

/** Tokens of a prompt in the mean of the last minute, less a standard deviation of that mean: prompts that have become longer are more work from the first on. */
function promptsNow(serving: readonly ReplicaObservation[], before: ShapeMemory | undefined): number {
  let tokens = 0;
  let came = 0;
  for (const { readings } of serving) {
    const mean = freshValue(readings.meanPromptTokens);
    const ended = freshValue(readings.completionsPerSecond);
    if (mean === undefined || ended === undefined) continue;
    tokens += mean * ended;
    came += ended;
  }
  const counted = came * windowSeconds;
  const deviation = Math.sqrt((before === undefined ? guess.variation : shapeOf(before).promptVariation) / counted);
  return counted > 1 ? (tokens / came) * Math.max(0, 1 - deviation) : 0;
}

const known = new WeakMap<ShapeMemory, Shape>();

export function shapeOf(memory: ShapeMemory): Shape {
  let shape = known.get(memory);
  if (shape === undefined) known.set(memory, (shape = told(memory)));
  return shape;
}

function told(memory: ShapeMemory): Shape {
  const { requests, running } = memory;
  const weight = requests + guess.weight;
  const promptTokens = Math.max(memory.promptsAtLeast ?? 0, (memory.promptTokens + guess.weight * guess.promptTokens) / weight);
  const generationTokens = Math.max(1, memory.answersAtLeast ?? 0, (memory.generationTokens + guess.weight * guess.generationTokens) / weight);
  const likely = promptTokens + generationTokens / 2;
  return {
    promptTokens,
    generationTokens,
    hitFraction: requests > 0 ? Math.min(1, memory.hitTokens / requests) : 0,
    promptVariation: Math.min(4, (memory.promptSquares / promptTokens ** 2 + 120 * guess.variation) / (memory.windows + 120)),
    // a few sequences in their first seconds tell little
    tokensPerSequence: Math.max(1, (memory.resident + 60 * likely) / (running + 60)),
    requests,
  };
}
