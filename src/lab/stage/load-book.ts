import { carryingOf, leastCost } from '../bounds/index.ts';
import type { LoadSpan, MixOption } from '../bounds/index.ts';
import { sum } from '../../base/index.ts';
import type { Capacities } from './needs.ts';
import type { StagedVariant } from './stage-variants.ts';
import type { Theatre } from './theatre.ts';

/** What came in each span of time, and what it would have cost at the least. */
export interface LoadBook {
  /** Money below which no plan serves this share of a model's requests within the SLOs. */
  leastMoney(model: number, attainment: number): number;
}

interface Span {
  requests: number;
  promptTokens: number;
  outputTokens: number;
}

/** Within a span requests may wait for each other, so it is long beside what the SLO lets them wait. */
const leastSpanSeconds = 60;
const spansOfTtft = 10;

/**
 * Counts tokens by spans of a minute (or ten times the TTFT of the SLO, where that is longer) as requests come, and prices them by the relaxed programme of
 * `leastCost`: fractions of replicas, no start-up times, no draining, the load's own time alone. What a replica carries is taken at 99 % within the SLOs; where fewer
 * need to be, a replica may carry somewhat more, so far below 0.99 the bound is on the dear side.
 */
export function createLoadBook(theatre: Theatre, capacities: Capacities): LoadBook {
  const { scenario, variants } = theatre;
  const books = scenario.models.map(({ slo }) => ({ seconds: Math.max(leastSpanSeconds, spansOfTtft * slo.ttftSeconds), spans: [] as Span[] }));
  theatre.onArrival((model, { arrivedAtMs, promptTokens, generationTokens }) => {
    const book = books[model];
    if (book === undefined) return;
    const index = Math.floor(arrivedAtMs / 1000 / book.seconds);
    while (book.spans.length <= index) book.spans.push({ requests: 0, promptTokens: 0, outputTokens: 0 });
    const span = book.spans[index] as Span;
    span.requests += 1;
    span.promptTokens += promptTokens;
    span.outputTokens += generationTokens;
  });

  function partMoney(own: readonly StagedVariant[], { seconds, spans }: { readonly seconds: number; readonly spans: readonly Span[] }, attainment: number): number {
    const carries = own.map(({ key }) => capacities[key] ?? 0);
    const able = carries.findIndex((capacity) => capacity > 0);
    const first = own[able];
    const options = own.map(({ variant, costPerHour }, index): MixOption => ({
      carries: first === undefined ? 0 : (carries[index] ?? 0) / (carries[able] ?? 1),
      costPerHour,
      minReplicas: variant.minReplicas,
      maxReplicas: variant.maxReplicas,
    }));
    const requests = sum(spans.map((span) => span.requests));
    const shape = { requests, promptTokens: sum(spans.map((span) => span.promptTokens)) / Math.max(1, requests), outputTokens: sum(spans.map((span) => span.outputTokens)) / Math.max(1, requests) };
    const carrying = first === undefined ? undefined : carryingOf(first.variant, carries[able] ?? 0, shape);
    const count = Math.ceil(scenario.durationSeconds / seconds);
    const loads = Array.from({ length: count }, (_, index): LoadSpan => {
      const { promptTokens = 0, outputTokens = 0 } = spans[index] ?? {};
      const length = Math.min(seconds, scenario.durationSeconds - index * seconds);
      const work = carrying === undefined ? 0 : promptTokens * carrying.perPromptTokenSeconds + outputTokens * carrying.perOutputTokenSeconds;
      return { seconds: length, load: work / length };
    });
    return leastCost(options, loads, attainment);
  }

  return {
    leastMoney(model, attainment) {
      const book = books[model];
      if (book === undefined) return 0;
      const its = variants.filter(({ modelIndex }) => modelIndex === model);
      const parts = (['both', 'prefill', 'decode'] as const).map((role) => its.filter(({ variant }) => variant.role === role)).filter((own) => own.length > 0);
      return sum(parts.map((own) => partMoney(own, book, attainment)));
    },
  };
}
