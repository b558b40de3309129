import { groupBy } from '../../base/index.ts';
import type { RouterReadings } from '../../model/index.ts';
import type { PrometheusAnswer } from '../../wire/index.ts';
import { gatherRouters } from '../routers/model-routers.ts';
import { routerSeriesNames } from '../routers/names.ts';
import { createRouterPageMemory, type RouterPageMemory } from '../routers/page-memory.ts';
import { emptyRouterHistory, extendedRouter, readingsOfRouter } from '../routers/router-window.ts';
import type { RouterAddress } from '../source.ts';
import type { WindowRules } from '../window/history.ts';
import { splitInstance } from './match.ts';
import { pagesOf } from './targets.ts';

type Labels = Readonly<Record<string, string>>;

/** Every scrape of the last `lookbackMs` of all routers, as raw samples for the same reasons as those of engines. */
export function routersQuery(lookbackMs: number, matchers: string): string {
  return `{__name__=~"${[...routerSeriesNames.keys()].join('|')}"${matchers === '' ? '' : `,${matchers}`}}[${Math.ceil(lookbackMs / 1000)}s]`;
}

/**
 * Labels by which scrape configurations tell where a target is. Those that a page's own labels moved aside (`exported_namespace`) are left out:
 * routers label some of their series with the namespace of a replica.
 */
const namespaceLabels = ['namespace', 'kubernetes_namespace', 'k8s_namespace_name'];
const podLabels = ['pod', 'kubernetes_pod_name', 'k8s_pod_name'];

export interface RoutersSeen {
  readonly models: { readonly namespace: string; readonly modelName: string; readonly router: RouterReadings }[];
  /** Whether something was said by this router. */
  heard(router: RouterAddress): boolean;
}

/**
 * What routers said, per namespace and model. Their series name no namespace of the model, and two namespaces may serve models of one name: a
 * router speaks for the namespace that it runs in, and two namespaces are never added up. A series without a namespace is nobody's.
 * @param memory of the pages in the answer before.
 */
export function routersOf(answer: PrometheusAnswer, rules: WindowRules, memory: RouterPageMemory = createRouterPageMemory()): RoutersSeen {
  const gathered = gatherRouters();
  const heard = new Set<string>();
  const targets = groupBy(answer.series, ({ metric }) => targetOf(metric));
  const seen = [...targets.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([target, series]) => {
    const metric = series[0]?.metric ?? {};
    const place = placeOf(metric);
    const pages = memory.read(target, pagesOf(series));
    const [latest, previous] = [pages.at(-1), pages.at(-2)];
    return place === undefined || !latest ? [] : [{ namespace: namespaceOf(metric) as string, place, metric, pages, latest, spacingMs: previous ? latest.atMs - previous.atMs : 0 }];
  });
  memory.turn();
  const newestMs = Math.max(...seen.map(({ latest }) => latest.atMs));
  for (const { namespace, place, metric, pages, latest, spacingMs } of seen) {
    // a router that is gone would hold its queue for as long as its samples are found
    if (newestMs - latest.atMs > Math.max(30_000, 2 * spacingMs)) continue;
    // the same pod, scraped by another job
    if (heard.has(place)) continue;
    heard.add(place);
    heard.add(`${namespace}//${splitInstance(metric['instance'] ?? '').host}`);
    const history = pages.reduce((earlier, page) => extendedRouter(earlier, page, rules), emptyRouterHistory);
    for (const [model, readings] of readingsOfRouter(history, rules, latest)) gathered.add(namespace, model, readings);
  }
  return { models: gathered.models(), heard: ({ namespace, pod, ip }) => heard.has(`${namespace}/${pod}`) || heard.has(`${namespace}//${ip}`) };
}

const known = new WeakMap<Labels, string>();

/** Which scrape target a series is of. Labels are one object for as long as they come, and are read once. */
function targetOf(labels: Labels): string {
  let target = known.get(labels);
  if (target === undefined) known.set(labels, (target = `${placeOf(labels) ?? ''}\n${labels['instance'] ?? ''}\n${labels['job'] ?? ''}`));
  return target;
}

function namespaceOf(labels: Labels): string | undefined {
  return namespaceLabels.map((label) => labels[label]).find((value) => value !== undefined && value !== '');
}

/** The pod that shows the series, or its address where no label names it. */
function placeOf(labels: Labels): string | undefined {
  const namespace = namespaceOf(labels);
  if (namespace === undefined) return undefined;
  const pod = podLabels.map((label) => labels[label]).find((value) => value !== undefined && value !== '');
  return pod === undefined ? `${namespace}//${splitInstance(labels['instance'] ?? '').host}` : `${namespace}/${pod}`;
}
