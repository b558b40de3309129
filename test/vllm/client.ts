import type { Random } from '../../src/runtime/index.ts';

/** One request as a client saw it. Times are milliseconds since the load began. */
export interface SeenRequest {
  readonly atMs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly firstTokenAtMs: number;
  readonly endAtMs: number;
  readonly status: number;
}

export interface LoadStage {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly modelID: string;
  readonly stages: readonly LoadStage[];
  readonly meanPromptTokens: number;
  readonly meanOutputTokens: number;
  readonly random: Random;
}

export interface Load {
  /** Requests under way. */
  inFlight(): number;
  /** How many have been sent so far. */
  sent(): number;
  /** Settles when every request has ended. */
  readonly done: Promise<readonly SeenRequest[]>;
}

/** Requests per second that the server ends while it never lacks work: `count` of them sent at once, of the same shape as the load. */
export async function measureCapacity(options: Omit<LoadOptions, 'stages'>, count = 48): Promise<number> {
  const startMs = performance.now();
  const load = startLoad({ ...options, stages: [{ perSecond: 10_000, seconds: count / 10_000 }] });
  const seen = await load.done;
  return seen.length / ((performance.now() - startMs) / 1000);
}

/** Poisson arrivals by stages; tokens normal with a standard deviation of 20 %; every request streams and ignores the end-of-sequence token. */
export function startLoad({ url, modelID, stages, meanPromptTokens, meanOutputTokens, random }: LoadOptions): Load {
  const startMs = performance.now();
  const now = (): number => performance.now() - startMs;
  const arrivals = random.fork('arrivals');
  const tokens = random.fork('tokens');
  const seen: Promise<SeenRequest>[] = [];
  let under = 0;

  async function ask(): Promise<SeenRequest> {
    const promptTokens = Math.max(8, Math.round(tokens.normal(meanPromptTokens, meanPromptTokens / 5)));
    const outputTokens = Math.max(4, Math.round(tokens.normal(meanOutputTokens, meanOutputTokens / 5)));
    // the first 32 tokens of the vocabulary are left alone: among them are those that begin and end a text
    const prompt = Array.from({ length: promptTokens }, () => 32 + tokens.integer(256));
    const atMs = now();
    under += 1;
    try {
      return await stream(url, { model: modelID, prompt, max_tokens: outputTokens, ignore_eos: true, stream: true, temperature: 0 }, { atMs, promptTokens, outputTokens }, now);
    } finally {
      under -= 1;
    }
  }

  async function play(): Promise<readonly SeenRequest[]> {
    let endMs = 0;
    for (const { perSecond, seconds } of stages) {
      let atMs = endMs;
      endMs += seconds * 1000;
      if (perSecond <= 0) continue;
      for (;;) {
        atMs += arrivals.exponential(1000 / perSecond);
        if (atMs >= endMs) break;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - now())));
        seen.push(ask());
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, endMs - now())));
    return Promise.all(seen);
  }

  return { inFlight: () => under, sent: () => seen.length, done: play() };
}

async function stream(
  url: string,
  body: object,
  request: { readonly atMs: number; readonly promptTokens: number; readonly outputTokens: number },
  now: () => number,
): Promise<SeenRequest> {
  const response = await fetch(`${url}/v1/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  let firstTokenAtMs: number | undefined;
  for await (const chunk of response.body ?? []) {
    if (firstTokenAtMs === undefined && new TextDecoder().decode(chunk as Uint8Array).includes('data: {')) firstTokenAtMs = now();
  }
  const endAtMs = now();
  return { ...request, firstTokenAtMs: firstTokenAtMs ?? endAtMs, endAtMs, status: response.status };
}
