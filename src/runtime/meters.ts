import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

interface MeterSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in seconds. */
  readonly buckets?: readonly number[];
}

const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Every meter of the controller about itself, listed once: docs/reference/metrics.md is held against this
 * table. What it says about replicas is not here but in the exposition of the series.
 */
export const meterTable = {
  wva_errors_total: { type: 'counter', help: 'Errors, by the part of the controller that met them.', labels: ['component', 'error_type'] },
  wva_optimization_duration_seconds: {
    type: 'histogram',
    help: 'Time of one whole cycle: look, decide, act.',
    labels: ['status'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  wva_models_processed: { type: 'gauge', help: 'Models (name and namespace) that the last cycle decided for.', labels: [] },
  wva_last_cycle_timestamp_seconds: { type: 'gauge', help: 'When the last whole cycle ended, in seconds since the epoch.', labels: [] },
  wva_leader: { type: 'gauge', help: '1 while this instance decides and writes, 0 while it stands by.', labels: [] },
  wva_metrics_collection_duration_seconds: {
    type: 'histogram',
    help: 'Time of one collection of serving metrics, by query or scrape.',
    labels: ['query_type'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  wva_metrics_collection_errors_total: { type: 'counter', help: 'Collections that failed, by query or scrape and reason.', labels: ['query_type', 'reason'] },
  wva_metrics_pods_discovered: { type: 'gauge', help: 'Pods that reported serving metrics in the last cycle.', labels: ['namespace'] },
  wva_config_optimization_interval_seconds: { type: 'gauge', help: 'Configured time between cycles.', labels: [] },
  wva_config_kv_spare_threshold: { type: 'gauge', help: 'Spare KV cache fraction below which more replicas are called for (default policy).', labels: [] },
  wva_config_queue_spare_threshold: { type: 'gauge', help: 'Spare queue length below which more replicas are called for (default policy).', labels: [] },
  wva_config_reload_success: { type: 'gauge', help: '1 if the last read of the configuration was accepted, 0 if it was refused and the last good one stays.', labels: [] },
  wva_config_reload_success_timestamp_seconds: { type: 'gauge', help: 'When a configuration was last accepted, in seconds since the epoch.', labels: [] },
  wva_config_source_valid: { type: 'gauge', help: '1 if what was last read there is in force, 0 if it was refused and what it said before stays; with the fingerprint of what was read.', labels: ['source', 'hash'] },
  wva_kubernetes_requests_total: { type: 'counter', help: 'Requests to the Kubernetes API server, by verb, resource and status code (0: no answer).', labels: ['verb', 'resource', 'code'] },
  wva_kubernetes_request_duration_seconds: { type: 'histogram', help: 'Time of requests to the Kubernetes API server, watches left out.', labels: ['verb'], buckets: requestBuckets },
  wva_external_metrics_requests_total: { type: 'counter', help: 'Answers of the external metrics API, by metric and status code.', labels: ['metric', 'code'] },
  wva_access_reviews_total: {
    type: 'counter',
    help: 'Questions to the API server about callers (token, access), by outcome (allowed, denied, failed).',
    labels: ['review', 'outcome'],
  },
  wva_certificate_expiry_timestamp_seconds: { type: 'gauge', help: 'When the certificate in use ends, in seconds since the epoch.', labels: ['certificate'] },
  wva_build_info: { type: 'gauge', help: 'Always 1; the version is in the label.', labels: ['version'] },
} as const satisfies Record<string, MeterSpec>;

export type MeterName = keyof typeof meterTable;
type NamesOf<T extends MeterSpec['type']> = { [N in MeterName]: (typeof meterTable)[N]['type'] extends T ? N : never }[MeterName];
type LabelsOf<N extends MeterName> = Readonly<Record<(typeof meterTable)[N]['labels'][number], string>>;

/** The controller's meters about itself. Unknown names and labels do not compile. */
export interface Meters {
  /** Adds to a counter. */
  count<N extends NamesOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** Sets a gauge. */
  set<N extends NamesOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Removes every series of a gauge, before a set with other labels replaces them. */
  clear(name: NamesOf<'gauge'>): void;
  /** Adds one observation, in seconds, to a histogram. */
  observe<N extends NamesOf<'histogram'>>(name: N, labels: LabelsOf<N>, seconds: number): void;
  /** All meters, in the Prometheus text format 0.0.4, or in OpenMetrics without its end mark. */
  render(format?: 'text' | 'openmetrics'): Promise<string>;
}

/** @param options.processMetrics - CPU, memory and event loop of this process too (on by default). */
export function createMeters(options: { readonly processMetrics?: boolean } = {}): Meters {
  const register = new Registry();
  const meters = new Map<string, Counter | Gauge | Histogram>();
  for (const [name, spec] of Object.entries<MeterSpec>(meterTable)) {
    const common = { name, help: spec.help, labelNames: [...spec.labels], registers: [register] };
    if (spec.type === 'counter') meters.set(name, new Counter(common));
    else if (spec.type === 'gauge') meters.set(name, unsetGauge(common));
    else meters.set(name, new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) }));
  }
  if (options.processMetrics !== false) collectDefaultMetrics({ register });

  return {
    count: (name, labels, by = 1) => (meters.get(name) as Counter).inc(labels, by),
    set: (name, labels, value) => (meters.get(name) as Gauge).set(labels, value),
    clear(name) {
      const gauge = meters.get(name) as Gauge;
      gauge.reset();
      forget(gauge);
    },
    observe: (name, labels, seconds) => (meters.get(name) as Histogram).observe(labels, seconds),
    async render(format = 'text') {
      const text = await register.metrics();
      return format === 'text' ? text : asOpenMetrics(text);
    },
  };
}

/** prom-client starts gauges without labels at 0, which would be read as a fact: until it is set, ours has no value. */
function unsetGauge(options: ConstructorParameters<typeof Gauge>[0]): Gauge {
  const gauge = new Gauge(options);
  forget(gauge);
  return gauge;
}

/** Takes out the value of a gauge without labels; one with labels has none of its own accord. */
function forget(gauge: Gauge): void {
  if ((gauge as unknown as { labelNames: readonly string[] }).labelNames.length === 0) gauge.remove();
}

/**
 * OpenMetrics names a family of counters without the `_total` that its samples carry, and allows no empty
 * line; nothing else differs for what prom-client writes.
 */
export function asOpenMetrics(text: string): string {
  return text
    .replaceAll(/^# HELP (\S+)_total (.*)\n# TYPE \1_total counter$/gm, '# HELP $1 $2\n# TYPE $1 counter')
    .replaceAll(/\n{2,}/g, '\n');
}
