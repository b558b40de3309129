/** What a series of a router tells us. */
export type RouterMeaning = 'requests' | 'attempts' | 'turnedAway' | 'queued' | 'running' | 'flowControl';

export interface RouterMetric {
  /** Without `_total`. */
  readonly name: string;
  readonly form: 'gauge' | 'counter';
  readonly meaning: RouterMeaning;
  /** The routers that show it, as far as known; for people. */
  readonly routers: string;
  /** What a reader of the documentation page should know about it. */
  readonly note: string;
}

function gauge(name: string, meaning: RouterMeaning, routers: string, note = ''): RouterMetric {
  return { name, form: 'gauge', meaning, routers, note };
}

function counter(name: string, meaning: RouterMeaning, routers: string, note = ''): RouterMetric {
  return { name, form: 'counter', meaning, routers, note };
}

const llmd = 'llm-d router';
const extension = 'inference extension 1.0 and later, llm-d inference scheduler';
const earlyExtension = 'inference extension before 1.0';

/**
 * Every metric of a router that is read, in order of preference: of the rows with one meaning the first that is on the page counts, since
 * llm-d's routers show their metrics under new names and old. docs/reference/input-metrics.md shows the same table; a test holds the two together.
 */
export const routerMetrics: readonly RouterMetric[] = [
  counter('llm_d_epp_request', 'requests', llmd, 'Counted when a request has been given to a replica, so that those in the queue are not in it.'),
  counter('inference_objective_request', 'requests', extension, 'The same.'),
  counter('inference_model_request', 'requests', earlyExtension, 'The same.'),
  counter('llm_d_epp_request_error', 'turnedAway', llmd, 'With `error_code` `ServiceUnavailable`, `ResourceExhausted` or `InferencePoolResourceExhausted`: no replica, or the queue was full or waited too long. Other errors are of requests that a replica got, or that nobody could serve.'),
  counter('inference_objective_request_error', 'turnedAway', extension, 'The same.'),
  counter('inference_model_request_error', 'turnedAway', earlyExtension, 'The same.'),
  counter('llm_d_epp_scheduler_attempts', 'attempts', llmd, 'Of any `status`. Used in place of requests and of those turned away where there is no counter of requests.'),
  counter('inference_extension_scheduler_attempts', 'attempts', extension, 'The same.'),
  gauge('llm_d_epp_flow_control_queue_size', 'queued', llmd, 'Not shown while nothing has waited yet.'),
  gauge('inference_extension_flow_control_queue_size', 'queued', extension, 'Early releases give it no model: then it is that of the only model on the page.'),
  gauge('llm_d_epp_request_running', 'running', llmd, 'From being given to a replica to the end of the answer.'),
  gauge('inference_objective_running_requests', 'running', extension, 'By the name that clients use; the model is the one to which requests of that name went.'),
  gauge('inference_model_running_requests', 'running', earlyExtension, 'The same.'),
  gauge('llm_d_epp_flow_control_pool_saturation', 'flowControl', llmd, 'Where it is shown, flow control is on, and a model without a queue has nobody waiting.'),
  gauge('inference_extension_flow_control_pool_saturation', 'flowControl', extension, 'The same.'),
];

/** Every name under which a metric may stand on a page. */
export const routerSeriesNames: ReadonlyMap<string, RouterMetric> = new Map(
  routerMetrics.flatMap((metric) => (metric.form === 'counter' ? [`${metric.name}_total`, metric.name] : [metric.name]).map((name) => [name, metric] as const)),
);
