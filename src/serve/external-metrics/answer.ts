import type { SeriesSnapshot } from '../../model/index.ts';
import type { SeriesSource } from '../series-source.ts';
import { type ParsedSelector, parseLabelSelector } from './label-selector.ts';
import { isExternalMetric } from './metrics.ts';
import { createSeriesIndex, type SeriesIndex } from './series-index.ts';
import { type Refusal, refusalBody, refusals } from './status.ts';

/** What may stand in the query of a request; a name given twice counts the first time. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

export interface Answer {
  readonly code: number;
  readonly body: string;
}

/** Answers `GET .../namespaces/{namespace}/{metric}`. */
export type Answerer = (namespace: string, metric: string, query: Query, accept: string | undefined) => Answer;

const everything: ParsedSelector = { ok: true, requirements: [] };
/** HPAs ask with as many selectors as there are HPAs. */
const mostSelectors = 16_384;

export function createAnswerer(source: SeriesSource, options: { readonly variantNameLabel: boolean }): Answerer {
  let indexed: { snapshot: SeriesSnapshot; index: SeriesIndex } | undefined;
  const selectors = new Map<string, ParsedSelector>();

  function selectorOf(text: string | undefined): ParsedSelector {
    if (text === undefined || text === '') return everything;
    let selector = selectors.get(text);
    if (selector === undefined) {
      selector = parseLabelSelector(text);
      if (selectors.size >= mostSelectors) selectors.clear();
      selectors.set(text, selector);
    }
    return selector;
  }

  return (namespace, metric, query, accept) => {
    if (accept !== undefined && !takesJson(accept)) return refused(refusals.notAcceptable());
    const wrong = wrongQuery(query);
    if (wrong !== undefined) return refused(wrong);
    const selector = selectorOf(first(query['labelSelector']));
    if (!selector.ok) return refused(refusals.badRequest(selector.message));
    if (!isExternalMetric(metric)) return refused(noSuchMetric(metric, namespace));
    const snapshot = source.snapshot();
    if (snapshot === undefined) return refused(refusals.unavailable(`${metric} is not known yet: the controller has just started, or has lost sight of its resources; replicas are to stay as they are`));
    if (indexed?.snapshot !== snapshot) indexed = { snapshot, index: createSeriesIndex(snapshot, options) };
    const body = indexed.index.answer(namespace, metric, selector.requirements);
    return { code: 200, body: isTrue(query['pretty']) ? `${JSON.stringify(JSON.parse(body), null, 2)}\n` : body };
  };
}

function wrongQuery(query: Query): Refusal | undefined {
  if (isTrue(query['watch'])) {
    return {
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'watch is not supported on resources of kind "*.external.metrics.k8s.io"',
      details: { group: 'external.metrics.k8s.io', kind: '*' },
    };
  }
  const limit = first(query['limit']);
  if (limit !== undefined && limit !== '' && !/^[+-]?\d+$/.test(limit)) {
    return refusals.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  }
  return undefined;
}

/** In prometheus-adapter's words, its odd ending included. */
function noSuchMetric(metric: string, namespace: string): Refusal {
  return { code: 404, reason: 'NotFound', message: `the server could not find the metric ${metric} for ${namespace === 'default' ? 'namespaces' : ''}` };
}

function refused(refusal: Refusal): Answer {
  return { code: refusal.code, body: refusalBody(refusal) };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function isTrue(value: string | string[] | undefined): boolean {
  const text = first(value);
  return text === 'true' || text === '1';
}

/** Only JSON is spoken here, which Kubernetes' clients take too when they like protobuf better. */
const knownAccepts = new Map<string, boolean>();
function takesJson(accept: string): boolean {
  let takes = knownAccepts.get(accept);
  if (takes === undefined) {
    takes = accept.split(',').some((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      return /^(application\/(json|\*)|\*\/\*)$/.test(type) && !parameters.some((parameter) => parameter.startsWith('as='));
    });
    if (knownAccepts.size >= 256) knownAccepts.clear();
    knownAccepts.set(accept, takes);
  }
  return takes;
}
