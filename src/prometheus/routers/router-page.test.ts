import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../wire/index.ts';
import { routerMetrics, routerSeriesNames } from './names.ts';
import { readRouterPage, type RouterCounts } from './router-page.ts';

function read(text: string): Record<string, RouterCounts> | undefined {
  const page = readRouterPage(parseExposition(`${text.trim()}\n`).series, 1000);
  return page && Object.fromEntries(page.models);
}

describe('the names that routers use', () => {
  it('stand in docs/reference/input-metrics.md, the same and in the same order', () => {
    const page = readFileSync(new URL('../../../docs/reference/input-metrics.md', import.meta.url), 'utf8');
    const rows = page.split('\n').flatMap((line) => {
      const match = /^\| `(?<name>(?:llm_d_epp|inference)_\w+)` \| (?<form>\w+) \| (?<meaning>\w+) \| (?<routers>[^|]*) \|(?<note>[^|]*)\|$/.exec(line);
      if (!match?.groups) return [];
      const { name, form, meaning, routers, note } = match.groups;
      return [{ name, form, meaning, routers, note: note?.trim() }];
    });
    expect(rows).toEqual(routerMetrics);
  });

  it('are each of one metric only', () => {
    const all = routerMetrics.flatMap(({ name, form }) => (form === 'counter' ? [name, `${name}_total`] : [name]));
    expect([...routerSeriesNames.keys()].toSorted()).toEqual(all.toSorted());
  });
});

describe('the page of a router', () => {
  it('is read once where it has new names and old, over flows and priorities', () => {
    expect(read(`
llm_d_epp_request_total{fairness_id="a",model_name="m",priority="0",target_model_name="m"} 40
llm_d_epp_request_total{fairness_id="b",model_name="m",priority="-1",target_model_name="m"} 2
inference_objective_request_total{model_name="m",priority="0",target_model_name="m"} 42
llm_d_epp_request_error_total{error_code="ServiceUnavailable",fairness_id="a",model_name="m",priority="0",target_model_name=""} 3
llm_d_epp_request_error_total{error_code="ModelServerError",fairness_id="a",model_name="m",priority="0",target_model_name="m"} 5
inference_objective_request_error_total{error_code="ServiceUnavailable",model_name="m",target_model_name=""} 3
llm_d_epp_flow_control_queue_size{fairness_id="a",inference_pool="p",model_name="m",priority="0",target_model_name="m"} 6
llm_d_epp_flow_control_queue_size{fairness_id="b",inference_pool="p",model_name="m",priority="-1",target_model_name="m"} 1
inference_extension_flow_control_queue_size{fairness_id="a",inference_pool="p",model_name="m",priority="0",target_model_name="m"} 7
llm_d_epp_request_running{fairness_id="a",model_name="m",priority="0",target_model_name="m"} 9
inference_objective_running_requests{model_name="m"} 9
inference_extension_scheduler_attempts_total{status="success",target_model_name="m",pod_name="x",namespace="n",port="8000"} 42
`)).toEqual({ m: { requests: 42, turnedAway: 3, queued: 7, running: 9 } });
  });

  it('is that of the model that serves, whatever clients call it', () => {
    expect(read(`
inference_objective_request_total{model_name="chat",target_model_name="llama"} 4
inference_objective_request_total{model_name="other",target_model_name="qwen"} 1
inference_objective_running_requests{model_name="chat"} 2
inference_objective_running_requests{model_name="other"} 1
`)).toEqual({ llama: { requests: 4, running: 2 }, qwen: { requests: 1, running: 1 } });
  });

  it('has nobody waiting where flow control is on and no queue is shown, and tells nothing of it where it is off', () => {
    expect(read('llm_d_epp_request_total{model_name="m"} 4')).toEqual({ m: { requests: 4 } });
    expect(read('llm_d_epp_request_total{model_name="m"} 4\nllm_d_epp_flow_control_pool_saturation{inference_pool="p"} 0.1')).toEqual({ m: { requests: 4, queued: 0 } });
  });

  it('gives a queue without a model to the only model, and to none of several', () => {
    const queue = 'inference_extension_flow_control_queue_size{fairness_id="a",priority="0"} 5\n';
    expect(read(`${queue}inference_objective_request_total{model_name="m",target_model_name="m"} 1`)).toEqual({ m: { requests: 1, queued: 5 } });
    const two = 'inference_objective_request_total{model_name="m",target_model_name="m"} 1\ninference_objective_request_total{model_name="n",target_model_name="n"} 1\n';
    expect(read(`${queue}${two}`)).toEqual({ m: { requests: 1 }, n: { requests: 1 } });
    expect(read(`${queue.replace('5', '0')}${two}`)).toEqual({ m: { requests: 1, queued: 0 }, n: { requests: 1, queued: 0 } });
  });

  it('counts attempts, failed ones too, where it does not count requests', () => {
    expect(read(`
inference_extension_scheduler_attempts_total{status="success",target_model_name="m",pod_name="x",namespace="n",port="8000"} 30
inference_extension_scheduler_attempts_total{status="success",target_model_name="m",pod_name="y",namespace="n",port="8000"} 10
inference_extension_scheduler_attempts_total{status="failure",target_model_name="m",pod_name="",namespace="",port=""} 2
inference_objective_request_error_total{error_code="ServiceUnavailable",model_name="m",target_model_name=""} 2
`)).toEqual({ m: { requests: 42 } });
  });

  it('knows a model by its queue or its refusals before any replica had a request', () => {
    expect(read('llm_d_epp_flow_control_queue_size{model_name="m",target_model_name="m"} 1')).toEqual({ m: { queued: 1 } });
    expect(read('inference_model_request_error_total{error_code="InferencePoolResourceExhausted",model_name="m",target_model_name=""} 1')).toEqual({ m: { turnedAway: 1 } });
  });

  it('keeps what is no number apart from 0', () => {
    expect(read('llm_d_epp_flow_control_queue_size{model_name="m",priority="0"} NaN\nllm_d_epp_flow_control_queue_size{model_name="m",priority="1"} 1')).toEqual({ m: { queued: 'NotANumber' } });
  });

  it('is none where nothing of a router is on it', () => {
    expect(read('vllm:num_requests_running{model_name="m"} 1\ninference_pool_ready_pods{name="p"} 1')).toBeUndefined();
  });
});
