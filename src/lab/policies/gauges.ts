import type { Telemetry } from '../stage/telemetry.ts';

/** `sum(gauge)`; `undefined` where there is no series, as PromQL answers. */
export function total(values: ReadonlyMap<string, number>): number | undefined {
  if (values.size === 0) return undefined;
  let sum = 0;
  for (const value of values.values()) sum += value;
  return sum;
}

/**
 * Requests that the router has sent to servers and that have not ended (`llm_d_epp_request_running`): those that wait in a server's own queue are
 * among them, because the router does not know them apart.
 */
export function dispatched(telemetry: Telemetry, model: number): number | undefined {
  const inFlight = telemetry.routerGauge('inFlight', model);
  const held = telemetry.routerGauge('queued', model);
  return inFlight === undefined || held === undefined ? undefined : Math.max(0, inFlight - held);
}
