/** Time of an iteration in milliseconds: a base, and for each token that is computed and each that lies in the KV cache. */
export interface ServiceLaw {
  /** α */
  readonly baseMs: number;
  /** β */
  readonly perComputedTokenMs: number;
  /** γ */
  readonly perResidentTokenMs: number;
}

/** Mean lengths of the requests. At least one token is generated. */
export interface Work {
  readonly promptTokens: number;
  readonly generationTokens: number;
}

/** Mean time of an iteration with n requests in the batch: each computes its prompt and answer over as many iterations as it has tokens and one, and holds its prompt and half of its answer. */
export function iterationMs({ baseMs, perComputedTokenMs, perResidentTokenMs }: ServiceLaw, { promptTokens, generationTokens }: Work, n: number): number {
  return baseMs + n * ((perComputedTokenMs * (promptTokens + generationTokens)) / (generationTokens + 1) + perResidentTokenMs * (promptTokens + generationTokens / 2));
}

/** Time of the iteration in which a request's own prompt is computed beside n requests. */
export function prefillMs(law: ServiceLaw, work: Work, n: number): number {
  return work.promptTokens === 0 ? 0 : iterationMs(law, work, n) + (law.perComputedTokenMs + law.perResidentTokenMs) * work.promptTokens;
}

/** Time of one of its tokens after that. */
export function decodeMs(law: ServiceLaw, work: Work, n: number): number {
  return iterationMs(law, work, n) + law.perComputedTokenMs + law.perResidentTokenMs * (work.promptTokens + work.generationTokens / 2);
}

/** Requests a millisecond that n in service leave. */
export function departuresPerMs(law: ServiceLaw, work: Work, n: number): number {
  return n / (prefillMs(law, work, n) + work.generationTokens * decodeMs(law, work, n));
}
