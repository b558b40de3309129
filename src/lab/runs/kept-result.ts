import type { RunResult, Timeline } from './result.ts';

/** Decisions that changed nothing, of one run, that are kept at most. An HPA alone makes 5760 a day. */
const mostHolds = 300;

/** What is kept of a run: its time line to four digits that count, every decision that changed a number, and a sample of the others. */
export function keptResult(result: RunResult): RunResult {
  const { timeline, decisions } = result;
  return {
    ...result,
    ...(timeline !== undefined && { timeline: roundedTimeline(timeline) }),
    ...(decisions !== undefined && { decisions: keptDecisions(decisions) }),
  };
}

type Decisions = NonNullable<RunResult['decisions']>;

function keptDecisions(decisions: Decisions): Decisions {
  const holds = decisions.filter(({ from, to }) => from === to);
  const every = Math.max(1, Math.ceil(holds.length / mostHolds));
  const sample = new Set(holds.filter((_, index) => index % every === 0));
  return decisions
    .filter((decision) => decision.from !== decision.to || sample.has(decision))
    .map((decision) => ({ ...decision, atSeconds: rounded(decision.atSeconds, 6) }));
}

function roundedTimeline({ stepSeconds, models, variants }: Timeline): Timeline {
  return {
    stepSeconds,
    models: models.map((model) => ({
      ...model,
      offeredPerSecond: column(model.offeredPerSecond),
      arrivalsPerSecond: column(model.arrivalsPerSecond),
      waiting: column(model.waiting),
      ttftP90Seconds: gappy(model.ttftP90Seconds),
      tpotP90Seconds: gappy(model.tpotP90Seconds),
      attainment: gappy(model.attainment),
    })),
    variants: variants.map((variant) => ({
      ...variant,
      spec: column(variant.spec),
      ready: column(variant.ready),
      starting: column(variant.starting),
      draining: column(variant.draining),
      ...(variant.need !== undefined && { need: column(variant.need) }),
    })),
  };
}

function column(values: readonly number[]): number[] {
  return values.map((value) => rounded(value));
}

function gappy(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => (value === null ? null : rounded(value)));
}

function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}
