import { groupBy, sum } from '../../base/index.ts';
import type { ExpositionSeries } from '../../wire/index.ts';
import { startTimeName } from '../engines/names.ts';
import type { Told } from '../engines/sample.ts';
import { routerSeriesNames, type RouterMeaning } from './names.ts';

type Series = Pick<ExpositionSeries, 'name' | 'labels' | 'value'>;

/** What a router said of one model. */
export interface RouterCounts {
  /** Given to a replica since the router began. */
  readonly requests?: Told;
  /** Refused since it began, before any replica had them. */
  readonly turnedAway?: Told;
  /** Held in flow control now; absent where that is off. */
  readonly queued?: Told;
  readonly running?: Told;
}

/** What one router said at one time, by the name of the model that served. */
export interface RouterPage {
  readonly atMs: number;
  readonly startedAtSeconds?: number;
  readonly models: ReadonlyMap<string, RouterCounts>;
}

/** Errors of requests that wanted a replica and got none. */
const refusals: ReadonlySet<string> = new Set(['ServiceUnavailable', 'ResourceExhausted', 'InferencePoolResourceExhausted']);

/** Tells by the series themselves whether a page is a router's, and says it in our words. `undefined` where none of them is. */
export function readRouterPage(series: readonly Series[], atMs: number): RouterPage | undefined {
  const found = new Map<string, Series[]>();
  const metricOf = new Map<RouterMeaning, string>();
  let startedAtSeconds: number | undefined;
  for (const one of series) {
    const metric = routerSeriesNames.get(one.name);
    if (!metric) {
      if (one.name === startTimeName && Number.isFinite(one.value)) startedAtSeconds = one.value;
      continue;
    }
    const list = found.get(metric.name);
    if (list) list.push(one);
    else found.set(metric.name, [one]);
  }
  if (found.size === 0) return undefined;
  for (const { name, meaning } of routerSeriesNames.values()) if (found.has(name) && !metricOf.has(meaning)) metricOf.set(meaning, name);
  const of = (meaning: RouterMeaning): readonly Series[] => found.get(metricOf.get(meaning) ?? '') ?? [];

  const counted = of('requests');
  // clients may use another name than engines do; requests of that name say where they went
  const servedAs = new Map([...groupBy(counted, ({ labels }) => labels['model_name'] ?? '')].flatMap(([name, list]) => {
    const targets = new Set(list.map(({ labels }) => labels['target_model_name'] ?? ''));
    const [only = ''] = targets;
    return targets.size === 1 && only !== '' ? [[name, only] as const] : [];
  }));
  const modelOf = ({ labels }: Series): string => {
    const name = labels['model_name'] ?? '';
    return labels['target_model_name'] || (servedAs.get(name) ?? name);
  };
  const byModel = (list: readonly Series[]): Map<string, Told> => new Map([...groupBy(list, modelOf)].map(([model, of]) => [model, total(of)]));

  const attempts = counted.length === 0 ? of('attempts') : [];
  const requests = byModel(counted.length === 0 ? attempts : counted);
  const turnedAway = byModel(attempts.length > 0 ? [] : of('turnedAway').filter(({ labels }) => refusals.has(labels['error_code'] ?? '')));
  const queued = byModel(of('queued'));
  const running = byModel(of('running'));
  const ofNobody = queued.get('');
  const names = new Set([requests, turnedAway, queued, running].flatMap((one) => [...one.keys()]).filter((name) => name !== ''));
  const flowControl = of('queued').length > 0 || of('flowControl').length > 0;
  const queuedOf = (model: string): Told | undefined => {
    if (!flowControl) return undefined;
    const own = queued.get(model);
    if (ofNobody === undefined || ofNobody === 0) return own ?? 0;
    // somebody waits, and with several models nobody knows for which
    return names.size === 1 ? ofNobody : own;
  };
  return {
    atMs,
    ...(startedAtSeconds === undefined ? {} : { startedAtSeconds }),
    models: new Map([...names].map((model) => [model, present({ requests: requests.get(model), turnedAway: turnedAway.get(model), queued: queuedOf(model), running: running.get(model) })])),
  };
}

/** One part that is no number makes the whole unknown: a sum of some is not the sum. */
function total(list: readonly Series[]): Told {
  return list.every(({ value }) => Number.isFinite(value)) ? sum(list.map(({ value }) => value)) : 'NotANumber';
}

function present(counts: { readonly [K in keyof RouterCounts]: Told | undefined }): RouterCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}
