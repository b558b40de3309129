import { createHeaviest, evenWork, leastCost, leastPrices, secondsOf, workOf } from '../bounds/index.ts';
import type { EngineWork, Heaviest, MixOption, WorkPrices } from '../bounds/index.ts';
import { sum } from '../../base/index.ts';
import type { StagedVariant } from './stage-variants.ts';
import type { Theatre } from './theatre.ts';

/** What came in each span of time, and what it would have cost at the least. */
export interface LoadBook {
  /** Money below which no plan serves this share of a model's requests within the SLOs. */
  leastMoney(model: number, attainment: number): number;
}

const spanSeconds = 60;
const noWork: EngineWork = { prefillTokens: 0, decodeTokens: 0, residentTokens: 0 };
const kinds = ['prefillTokens', 'decodeTokens', 'residentTokens'] as const;

/** Variants of one model and role: each role has to do its part of the work by itself. */
interface Part {
  readonly own: readonly StagedVariant[];
  /** Work of the single requests, in seconds of the first variant at no less than what they may count for. */
  readonly heaviest: Heaviest;
}

/**
 * Counts the work that requests bring by minutes as they come, and prices it by the relaxed programme of `leastCost`: the least time of an engine that the law of its iterations
 * allows (`leastPrices`), fractions of replicas, no start-up times, no draining, work put off as evenly as the SLOs let it be (`evenWork`), and the heaviest requests
 * missed. Each of these only makes it cheaper, so it is a bound for every plan, as long as no fault makes pods faster than their profile or takes replicas of the floor away.
 */
export function createLoadBook({ scenario, variants, onArrival }: Pick<Theatre, 'scenario' | 'variants' | 'onArrival'>): LoadBook {
  const books = scenario.models.map(({ slo }, model) => {
    const its = variants.filter(({ modelIndex }) => modelIndex === model);
    const parts = (['both', 'prefill', 'decode'] as const).map((role) => its.filter(({ variant }) => variant.role === role)).filter((own) => own.length > 0);
    return { slo, spans: [] as EngineWork[], requests: 0, shared: false, longest: 1, parts: parts.map((own): Part & { most: WorkPrices } => ({ own, heaviest: createHeaviest(), most: mostOf(pricesOf(own[0] as StagedVariant, slo.tpotSeconds, false)) })) };
  });
  onArrival((model, request) => {
    const book = books[model];
    if (book === undefined) return;
    const work = workOf(request);
    const index = Math.floor(request.arrivedAtMs / 1000 / spanSeconds);
    while (book.spans.length <= index) book.spans.push(noWork);
    book.spans[index] = added(book.spans[index] as EngineWork, work);
    book.requests += 1;
    book.shared ||= request.prefix !== undefined;
    book.longest = Math.max(book.longest, request.generationTokens);
    for (const { heaviest, most } of book.parts) heaviest.add(secondsOf(work, most));
  });

  function partMoney({ own, heaviest }: Part, book: (typeof books)[number], attainment: number): number {
    const total = book.spans.reduce(added, noWork);
    // of several rows that all are bounds, the one that says most of this load
    const prices = own.map((variant) => pricesOf(variant, book.slo.tpotSeconds, book.shared).toSorted((a, b) => secondsOf(total, b) - secondsOf(total, a))[0] as WorkPrices);
    const first = prices[0] as WorkPrices;
    const options = own.map(({ variant, costPerHour }, index): MixOption => ({
      carries: ratio(first, prices[index] as WorkPrices), costPerHour, minReplicas: variant.minReplicas, maxReplicas: variant.maxReplicas,
    }));
    const { ttftSeconds, tpotSeconds } = book.slo;
    const late = Math.ceil((ttftSeconds + tpotSeconds * (book.longest - 1)) / spanSeconds);
    const count = Math.max(book.spans.length, Math.ceil(scenario.durationSeconds / spanSeconds));
    const work = evenWork(Array.from({ length: count }, (_, index) => secondsOf(book.spans[index] ?? noWork, first)), late);
    const all = sum(work);
    const missed = all === 0 ? 0 : heaviest.of((1 - attainment) * book.requests) / all;
    const money = leastCost(options, work.map((seconds) => ({ seconds: spanSeconds, load: seconds / spanSeconds })), Math.max(0, 1 - missed));
    // the floor is paid while the load comes; what works after it is there all the same
    const afterSeconds = work.length * spanSeconds - scenario.durationSeconds;
    return money - (afterSeconds / 3600) * sum(options.map(({ minReplicas, costPerHour }) => minReplicas * costPerHour));
  }

  return {
    leastMoney(model, attainment) {
      const book = books[model];
      return book === undefined ? 0 : sum(book.parts.map((part) => partMoney(part, book, attainment)));
    },
  };
}

function pricesOf({ profile, variant }: StagedVariant, tpotSeconds: number, shared: boolean): readonly WorkPrices[] {
  return leastPrices(profile.serving, variant.role, tpotSeconds, shared);
}

function added(a: EngineWork, b: EngineWork): EngineWork {
  return { prefillTokens: a.prefillTokens + b.prefillTokens, decodeTokens: a.decodeTokens + b.decodeTokens, residentTokens: a.residentTokens + b.residentTokens };
}

/** As dear as any of them is in each kind of work. */
function mostOf(rows: readonly WorkPrices[]): WorkPrices {
  const most = (kind: (typeof kinds)[number]): number => Math.max(...rows.map((row) => row[kind]));
  return { prefillTokens: most('prefillTokens'), decodeTokens: most('decodeTokens'), residentTokens: most('residentTokens') };
}

/** How many times as fast the second is, for the work that suits it best: a plan may send it just that. */
function ratio(first: WorkPrices, second: WorkPrices): number {
  return Math.max(0, ...kinds.filter((kind) => first[kind] > 0).map((kind) => first[kind] / second[kind]));
}
