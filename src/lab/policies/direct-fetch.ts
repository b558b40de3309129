import type { PolicyStage } from '../stage/policy-stage.ts';
import type { Telemetry } from '../stage/telemetry.ts';

/** Time that fetching the pages of all pods takes. */
const fetchMs = 50;

/**
 * For autoscalers that ask the pods themselves at each of their rounds: what they see is as old as the fetch took.
 * Faults of the scrapes are theirs too: a page that does not answer Prometheus does not answer them. Where the first round falls in the period is chance.
 *
 * @param keepMs How long readings are kept for ranges.
 */
export function everyRound(stage: PolicyStage, periodMs: number, keepMs: number, round: (telemetry: Telemetry) => void): void {
  const offsetMs = stage.random.integer(periodMs);
  const telemetry = stage.scrape({ enginesMs: periodMs, routerMs: periodMs, keepMs, offsetMs });
  stage.every(periodMs, () => round(telemetry), offsetMs + fetchMs);
}
