import { createExpositionWriter } from './exposition-writer.ts';
import type { Router } from './router.ts';

/** Counters of a router as they were when the process that shows them began. */
export type RouterCounts = Readonly<Record<'given' | 'turnedAway', number>>;

export function routerCounts({ meters: { given, turnedAway } }: Router): RouterCounts {
  return { given, turnedAway };
}

/**
 * The page of an endpoint picker of llm-d that serves one model, under its names of today and the deprecated ones that it shows beside them. As
 * there, a series appears with the first request that it is about, and a queue is shown only with flow control.
 */
export function writeRouterPage(router: Router, modelID: string, since: RouterCounts): string {
  const { gauge, counter, text } = createExpositionWriter('');
  const given = router.meters.given - since.given;
  const turnedAway = router.meters.turnedAway - since.turnedAway;
  const running = router.inFlight() - router.held();
  const model = `model_name="${modelID}"`;
  const served = `${model},priority="0",target_model_name="${modelID}"`;
  const flow = `fairness_id="default-flow",${served}`;
  const inPool = `fairness_id="default-flow",inference_pool="${poolName(modelID)}",${served}`;

  gauge('llm_d_epp_info', ['build_ref="simulated",commit="simulated"', 1]);
  gauge('llm_d_epp_ready_endpoints', [`name="${poolName(modelID)}"`, router.readyServers()]);
  gauge('inference_pool_ready_pods', [`name="${poolName(modelID)}"`, router.readyServers()]);
  if (given > 0) {
    counter('llm_d_epp_request_total', [flow, given]);
    counter('inference_objective_request_total', [served, given]);
    gauge('llm_d_epp_request_running', [flow, running]);
    gauge('inference_objective_running_requests', [model, running]);
  }
  if (turnedAway > 0) {
    counter('llm_d_epp_request_error_total', [`error_code="ServiceUnavailable",${flow}`, turnedAway]);
    counter('inference_objective_request_error_total', [`error_code="ServiceUnavailable",${model},target_model_name="${modelID}"`, turnedAway]);
  }
  if (router.flowControl) {
    gauge('llm_d_epp_flow_control_pool_saturation', [`inference_pool="${poolName(modelID)}",stage="effective"`, router.held() > 0 ? 1 : 0]);
    if (given + turnedAway > 0 || router.held() > 0) {
      gauge('llm_d_epp_flow_control_queue_size', [inPool, router.held()]);
      gauge('inference_extension_flow_control_queue_size', [inPool, router.held()]);
    }
  }
  return text();
}

function poolName(modelID: string): string {
  return modelID.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
