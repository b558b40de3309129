import type { EngineSampleSeen } from '../../stage/telemetry.ts';
import type { ForwardPass } from './forward-pass.ts';

/**
 * Forward passes out of pages: the mean iteration of an engine since the last look. Dynamo's engines publish each iteration; a page has the
 * time between tokens, which is that of an iteration, and what was done in the meantime.
 */
export interface PagePasses {
  /** By pod, in the order of the samples; a pod that was not seen before has no time yet. */
  look(samples: readonly EngineSampleSeen[], role: 'both' | 'prefill' | 'decode'): ReadonlyMap<string, ForwardPass>;
}

export function createPagePasses(): PagePasses {
  let before = new Map<string, EngineSampleSeen>();
  const promptTokens = new Map<string, number>();

  function passOf(now: EngineSampleSeen, role: 'both' | 'prefill' | 'decode'): ForwardPass {
    const last = before.get(now.pod);
    const grown = (name: 'interToken' | 'ttft' | 'queue' | 'promptTokens'): { readonly sum: number; readonly count: number } => ({
      sum: now.totals[name].sum - (last?.totals[name].sum ?? 0),
      count: now.totals[name].count - (last?.totals[name].count ?? 0),
    });
    const first = grown('ttft');
    const prefilled = now.counters.promptTokens - (last?.counters.promptTokens ?? 0);
    const ended = grown('promptTokens');
    if (role === 'decode') {
      // prompts come with their cache, so only requests that have ended tell of them
      if (ended.count > 0) promptTokens.set(now.pod, ended.sum / ended.count);
    } else if (first.count > 0) promptTokens.set(now.pod, prefilled / first.count);
    const each = promptTokens.get(now.pod) ?? 0;
    const queued = now.gauges.waiting * each;
    const decodeKvTokens = now.gauges.kvUsedFraction * now.kvCapacityTokens;
    const idle = { prefillTokens: 0, promptTokens: each, decoding: now.gauges.running, decodeKvTokens, queuedPrefillTokens: role === 'decode' ? 0 : queued, queuedDecodeKvTokens: role === 'decode' ? queued : 0, seconds: undefined };
    if (last === undefined || now.atMs <= last.atMs) return idle;
    if (role === 'prefill') {
      const queue = grown('queue');
      // a prompt's own time in the batch; it passes on its cache as soon as that is full
      const seconds = first.count > 0 ? (first.sum - queue.sum) / first.count : undefined;
      return { ...idle, prefillTokens: seconds === undefined ? 0 : each, decoding: 0, decodeKvTokens: 0, seconds: seconds !== undefined && seconds > 0 ? seconds : undefined };
    }
    const tokens = grown('interToken');
    if (tokens.count <= 0) return idle;
    const seconds = tokens.sum / tokens.count;
    return { ...idle, prefillTokens: (Math.max(0, prefilled) * seconds * 1000) / (now.atMs - last.atMs), seconds };
  }

  return {
    look(samples, role) {
      const passes = new Map(samples.map((sample) => [sample.pod, passOf(sample, role)]));
      before = new Map(samples.map((sample) => [sample.pod, sample]));
      return passes;
    },
  };
}
