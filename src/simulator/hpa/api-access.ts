import type { HttpResponse, Transport } from '../../runtime/index.ts';
import { readText } from '../../runtime/index.ts';
import type { CrossVersionObjectReference, ExternalMetricValueList, LabelSelector, Scale } from '../../wire/index.ts';
import { compareText } from '../../base/index.ts';
import type { MetricAnswer } from './metric-proposals.ts';
import { parseMilli } from './quantity.ts';

/** What the autoscaler does over HTTP: scales of any kind, and metrics through the API server's aggregation. */
export interface ApiAccess {
  readScale(namespace: string, target: CrossVersionObjectReference): Promise<ScaleAnswer>;
  writeScale(at: string, scale: Scale, replicas: number): Promise<string | undefined>;
  readExternalMetric(namespace: string, name: string, selector: LabelSelector | undefined): Promise<MetricAnswer>;
}

export type ScaleAnswer = { readonly ok: true; readonly scale: Scale; readonly path: string } | { readonly ok: false; readonly problem: string };

const conflictRetries = 5;

export function createApiAccess(transport: Transport, baseUrl: string): ApiAccess {
  const plurals = new Map<string, string>();

  async function get(path: string): Promise<{ readonly status: number; readonly body: unknown; readonly text: string }> {
    return answerOf(await transport({ method: 'GET', url: `${baseUrl}${path}`, headers: { accept: 'application/json' } }));
  }

  async function pluralOf(groupVersion: string, kind: string): Promise<string | undefined> {
    const known = plurals.get(`${groupVersion}/${kind}`);
    if (known !== undefined) return known;
    const { status, body } = await get(root(groupVersion));
    const resources = status === 200 ? ((body as { resources?: { name: string; kind: string }[] }).resources ?? []) : [];
    const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))?.name;
    if (found !== undefined) plurals.set(`${groupVersion}/${kind}`, found);
    return found;
  }

  return {
    async readScale(namespace, target) {
      const groupVersion = target.apiVersion ?? 'apps/v1';
      const group = groupVersion.includes('/') ? groupVersion.slice(0, groupVersion.indexOf('/')) : '';
      const plural = await pluralOf(groupVersion, target.kind);
      if (plural === undefined) return { ok: false, problem: `no matches for kind "${target.kind}" in group "${group}"` };
      const path = `${root(groupVersion)}/namespaces/${namespace}/${plural}/${target.name}/scale`;
      const { status, body, text } = await get(path);
      return status === 200 ? { ok: true, scale: body as Scale, path } : { ok: false, problem: problemOf(status, body, text) };
    },

    async writeScale(path, scale, replicas) {
      let latest = scale;
      for (let attempt = 1; ; attempt++) {
        const response = await transport({
          method: 'PUT',
          url: `${baseUrl}${path}`,
          headers: { accept: 'application/json', 'content-type': 'application/json' },
          body: JSON.stringify({ ...latest, spec: { ...latest.spec, replicas } }),
        });
        const { status, body, text } = await answerOf(response);
        if (status < 300) return undefined;
        if (status !== 409 || attempt === conflictRetries) return problemOf(status, body, text);
        const fresh = await get(path);
        if (fresh.status === 200) latest = fresh.body as Scale;
      }
    },

    async readExternalMetric(namespace, name, selector) {
      const query = selectorText(selector);
      const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${name}`;
      const { status, body, text } = await get(query === '' ? path : `${path}?labelSelector=${encodeURIComponent(query)}`);
      const prefix = 'unable to fetch metrics from external metrics API';
      if (status !== 200) return { ok: false, problem: `${prefix}: ${problemOf(status, body, text, `${name}.external.metrics.k8s.io`)}` };
      const { items = [] } = body as Partial<ExternalMetricValueList>;
      if (items.length === 0) return { ok: false, problem: 'no metrics returned from external metrics API' };
      const milli = items.map(({ value }) => parseMilli(value));
      if (milli.every((value) => value !== undefined)) return { ok: true, milli };
      return { ok: false, problem: `${prefix}: a value is no quantity: ${items.map(({ value }) => value).join(', ')}` };
    },
  };
}

function root(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}

async function answerOf(response: HttpResponse): Promise<{ readonly status: number; readonly body: unknown; readonly text: string }> {
  const text = await readText(response);
  try {
    return { status: response.status, body: JSON.parse(text) as unknown, text };
  } catch {
    return { status: response.status, body: undefined, text };
  }
}

/** What Kubernetes' own client says about an answer that is no success. */
function problemOf(status: number, body: unknown, text: string, about = ''): string {
  const message = (body as { kind?: string; message?: string } | undefined)?.kind === 'Status' ? (body as { message?: string }).message : undefined;
  if (message !== undefined && message !== '') return message;
  const what = about === '' ? '' : ` (get ${about})`;
  if (status === 404) return `the server could not find the requested resource${what}`;
  if (status === 503) return `the server is currently unable to handle the request${what}`;
  if (status === 403) return `unknown${what}`;
  return `an error on the server (${JSON.stringify(text.trim().slice(0, 200))}) has prevented the request from succeeding${what}`;
}

/** A label selector as a query parameter, in the order in which Kubernetes writes it. */
export function selectorText(selector: LabelSelector | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const others = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const list = values.toSorted(compareText).join(',');
    const text = { In: `${key} in (${list})`, NotIn: `${key} notin (${list})`, Exists: key, DoesNotExist: `!${key}` }[operator];
    return { key, text };
  });
  return [...equal, ...others]
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ text }) => text)
    .join(',');
}
