import type { ControlPlane } from '../support/genuine/index.ts';

/** What the external metrics API and the HPA said at one moment. */
export interface Sample {
  readonly atMs: number;
  /** The sum of the served values; undefined while the API or the metric is not served. */
  readonly served: number | undefined;
  /** How many series made it up. */
  readonly series: number;
  readonly hpaDesired: number | undefined;
}

export interface Sampler {
  readonly samples: readonly Sample[];
  /** Stops, and gives them all. */
  stop(): Promise<readonly Sample[]>;
}

export interface MetricList {
  items: { metricName: string; metricLabels: Record<string, string>; timestamp: string; value: string }[];
}

/** Asks for the metric and for the HPA's status again and again, about seven times a second. */
export function startSampler(plane: ControlPlane, metricPath: string, hpaPath: string): Sampler {
  const samples: Sample[] = [];
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const [metric, hpa] = await Promise.all([
        plane.request(metricPath, { timeoutMs: 3000 }).catch(() => undefined),
        plane.request(hpaPath, { timeoutMs: 3000 }).catch(() => undefined),
      ]);
      const items = metric?.status === 200 ? metric.json<MetricList>().items : [];
      samples.push({
        atMs: Date.now(),
        served: items.length === 0 ? undefined : items.reduce((sum, { value }) => sum + quantity(value), 0),
        series: items.length,
        hpaDesired: hpa?.status === 200 ? hpa.json<{ status?: { desiredReplicas?: number } }>().status?.desiredReplicas : undefined,
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  return {
    samples,
    async stop() {
      stop.abort();
      await loop;
      return samples;
    },
  };
}

/** A Kubernetes quantity of the kinds that metrics are written in: `5`, `500m`. */
export function quantity(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

/** `5 x 212, absent x 31`: which values were seen how often. */
export function tally(values: readonly (number | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value ?? 'absent'), (counts.get(String(value ?? 'absent')) ?? 0) + 1);
  return [...counts].map(([value, count]) => `${value} x ${count}`).join(', ');
}
