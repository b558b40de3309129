import { textResponse } from '../../../src/runtime/index.ts';
import type { HttpResponse, Transport } from '../../../src/runtime/index.ts';
import { metricNames } from './hpa-sequences.ts';
import type { HpaSequence, ScriptedAnswer } from './hpa-sequences.ts';

/** An external metrics API that answers the n-th request of each namespace with the n-th answer of its sequence. */
export interface ScriptedMetrics {
  readonly handle: Transport;
  /** How many requests for the first metric of a sequence have been answered. */
  served(sequence: string): number;
}

const root = '/apis/external.metrics.k8s.io/v1beta1';

export function createScriptedMetrics(sequences: readonly HpaSequence[], nowMs: () => number): ScriptedMetrics {
  const byName = new Map(sequences.map((sequence) => [sequence.name, sequence]));
  const counts = new Map<string, number>();

  function answer(namespace: string, metric: string): HttpResponse {
    const sequence = byName.get(namespace);
    const script = metric === metricNames.load ? sequence?.load : sequence?.other;
    if (script === undefined) return refusal(404, `nothing is scripted for ${namespace}/${metric}`);
    const key = `${namespace}/${metric}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return write(script[Math.min(count, script.length - 1)] ?? [], metric, nowMs());
  }

  return {
    async handle({ url }) {
      const { pathname } = new URL(url);
      if (pathname === root) return json(200, discovery);
      const match = /^\/namespaces\/([^/]+)\/([^/]+)$/.exec(pathname.slice(root.length));
      return match ? answer(match[1] ?? '', match[2] ?? '') : refusal(404, 'the server could not find the requested resource');
    },
    served: (sequence) => counts.get(`${sequence}/${metricNames.load}`) ?? 0,
  };
}

const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'external.metrics.k8s.io/v1beta1',
  resources: Object.values(metricNames).map((name) => ({ name, singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] })),
};

function write(answer: ScriptedAnswer, metricName: string, nowMs: number): HttpResponse {
  if ('status' in answer) return refusal(answer.status, answer.message);
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const items = answer.map((value, index) => ({ metricName, metricLabels: { series: String(index) }, timestamp, value }));
  return json(200, { kind: 'ExternalMetricValueList', apiVersion: 'external.metrics.k8s.io/v1beta1', metadata: {}, items });
}

function refusal(code: number, message: string): HttpResponse {
  const reason = code === 404 ? 'NotFound' : code === 503 ? 'ServiceUnavailable' : 'InternalError';
  return json(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

function json(status: number, value: object): HttpResponse {
  return textResponse(status, JSON.stringify(value), { 'content-type': 'application/json' });
}
