import { createLabelBook, type LabelBook } from '../answer/label-book.ts';
import type { ScannedAnswer } from '../answer/scanned-answer.ts';
import { capacitiesOf } from '../engines/kv-capacities.ts';
import type { SeriesIdentity } from '../engines/page-series.ts';
import type { PodAddress } from '../source.ts';
import type { WindowRules } from '../window/history.ts';
import type { Window } from '../window/readings.ts';
import { podMatcher } from './match.ts';
import { createPageLayouts, type PageLayout } from './page-layouts.ts';
import { createPageTaker, type PagedTarget } from './page-taker.ts';
import { createIdentities, splitLabels, type Labels } from './series-identities.ts';
import { aliveWithinMs } from './targets.ts';
import { dropUntil, noScrapes, shownColumns, windowOfScrapes, withColumns, type TargetScrapes, type Timeless } from './target-scrapes.ts';

/** One scrape target of which series were seen. */
export interface StoredTarget {
  readonly instance: string;
  readonly job: string;
  /** Time of the newest page, or -Infinity. */
  readonly newestMs: number;
  readonly ranks: readonly string[];
}

/** Pages of the targets of all pods that are asked for, kept from look to look so that Prometheus need be asked only for what is new. */
export interface ScrapeStore {
  /** The label sets of the answers that `take` is given. */
  readonly book: LabelBook;
  readonly configBook: LabelBook;
  /** Whose targets are wanted. Pages of others are not kept. */
  wants(pods: readonly PodAddress[]): void;
  /**
   * Takes what is new of an answer to `samplesQuery`, and forgets what was scraped longer than the lookback before `nowMs`.
   * @param previousMs when the look before was answered, where there was one.
   */
  take(answer: ScannedAnswer, nowMs: number, previousMs?: number): Taken;
  /** Takes an answer to `configQuery`. */
  takeConfig(answer: ScannedAnswer): void;
  /** Targets of a pod that have pages, by its position in what is wanted. */
  targetsOf(position: number): readonly StoredTarget[];
  /** What a target did up to its newest page. */
  windowOf(target: StoredTarget): Window | undefined;
}

/** What an answer was. */
export interface Taken {
  /**
   * How much longer than the time until the next look that one has to look back, so that it finds every page that this one did not: as long as pages
   * take to arrive, and as far as to the newest page of a target that is overdue. `undefined` where no target is alive.
   */
  readonly behindMs: number | undefined;
  /** Whether most of what is known is of targets that are gone. */
  readonly mostlyGone: boolean;
}

interface Target extends StoredTarget, PagedTarget {
  newestMs: number;
  readonly labels: Labels;
  series: number[];
  layout: PageLayout | undefined;
  modelName: string | undefined;
  scrapes: TargetScrapes;
  wanted: boolean;
  /** Sets of labels that tell of its cache, by number. */
  config: number[];
  timeless: Timeless | undefined;
}

/** How long a page takes at most to arrive, unless a target shows that it takes longer: a scrape of a large page takes a few tenths of a second. */
const arrivalMs = 3000;
/** A page that is that much later than the last two lie apart is missing. */
const overdueMs = 5000;

const nothingTimeless: Timeless = { series: [], capacities: new Map(), modelName: undefined };
const none: readonly StoredTarget[] = [];

export function createScrapeStore(rules: WindowRules, lookbackMs: number): ScrapeStore {
  const book = createLabelBook();
  const configBook = createLabelBook();
  const layouts = createPageLayouts();
  const targets: Target[] = [];
  const byKey = new Map<string, Target>();
  const taker = createPageTaker(rules.windowMs);
  const identities = createIdentities();
  /** By series: its own labels with its name, and whether it is a column of its target now. */
  const ownOf: number[] = [];
  const targetOf: Target[] = [];
  /** By what is left of the labels without the name, which all metrics of a target share: whose they are, and which labels are not the target's. */
  const restTargets: Target[] = [];
  const restOwns: number[] = [];
  let isColumn = new Uint8Array(1 << 10);
  /** Where in the answer each series stands, or -1. */
  let positions = new Int32Array(0);
  let pods: readonly PodAddress[] = [];
  let matched = 0;
  let byPod: (readonly StoredTarget[])[] = [];
  const configTargets: (Target | undefined)[] = [];
  const configOwns: number[] = [];
  let lastConfig: Int32Array = new Int32Array(0);
  let configuredTargets = 0;
  const timelessByKey = new Map<string, Timeless>();

  function targetAt(key: string, labels: Labels): Target {
    let target = byKey.get(key);
    if (target) return target;
    const { instance = '', job = '' } = labels;
    target = {
      instance, job, labels, newestMs: Number.NEGATIVE_INFINITY, series: [], layout: undefined, modelName: undefined, scrapes: noScrapes(), wanted: false, unfinishedMs: undefined, config: [], timeless: undefined,
      get ranks() {
        return (layoutOf(this).reader?.ranks ?? '').split(' ').filter((rank) => rank !== '');
      },
    };
    byKey.set(key, target);
    targets.push(target);
    return target;
  }

  const columnsOf = ({ series }: Target): SeriesIdentity[] => series.map((one) => identities.at(ownOf[one] as number));

  function layoutOf(target: Target): PageLayout {
    if (target.layout) return target.layout;
    const columns = columnsOf(target);
    const layout = layouts.of(columns);
    target.layout = layout;
    target.timeless = undefined;
    target.modelName = layout.reader?.modelColumn === undefined ? undefined : columns[layout.reader.modelColumn]?.labels['model_name'];
    return layout;
  }

  function timelessOf(target: Target): Timeless {
    if (target.timeless) return target.timeless;
    if (target.config.length === 0) return (target.timeless = nothingTimeless);
    const ownBlocks = layoutOf(target).reader?.ownBlocks ?? 1;
    const key = `${target.config.join()}/${ownBlocks}`;
    let timeless = timelessByKey.get(key);
    if (!timeless) {
      const series = target.config.map((own) => identities.at(own));
      timelessByKey.set(key, (timeless = { series, capacities: capacitiesOf(series, ownBlocks), modelName: series.find(({ labels }) => labels['model_name'])?.labels['model_name'] }));
    }
    return (target.timeless = timeless);
  }

  /** Series seen for the first time become columns of their targets. */
  function learn(upTo: number): void {
    for (let series = ownOf.length; series < upTo; series++) {
      const rest = book.restOf(series);
      if (restOwns[rest] === undefined) {
        const { key, identity, own } = splitLabels(book.labels(series));
        restTargets[rest] = targetAt(key, identity);
        restOwns[rest] = identities.labels(own);
      }
      ownOf.push(identities.of(book.nameOf(series), restOwns[rest]));
      targetOf.push(restTargets[rest] as Target);
    }
    if (upTo > isColumn.length) {
      const larger = new Uint8Array(2 * upTo);
      larger.set(isColumn);
      isColumn = larger;
    }
  }

  function match(): void {
    const podOf = podMatcher(pods);
    const found = new Map<string, Target[]>();
    for (const target of targets) {
      const pod = podOf(target.labels);
      target.wanted = pod !== undefined;
      if (pod) {
        const list = found.get(pod.uid);
        if (list) list.push(target);
        else found.set(pod.uid, [target]);
      } else if (target.scrapes.timesMs.length > 0) forget(target);
    }
    matched = targets.length;
    byPod = pods.map(({ uid }) => found.get(uid) ?? none);
  }

  function forget(target: Target): void {
    target.scrapes = { ...noScrapes(), width: target.series.length };
    target.newestMs = Number.NEGATIVE_INFINITY;
  }

  /** Drops columns that no page shows any more. */
  function tidy(target: Target): void {
    const shown = shownColumns(target.scrapes);
    if (shown.length < target.series.length) {
      const kept = new Set(shown);
      for (const [column, one] of target.series.entries()) if (!kept.has(column)) isColumn[one] = 0;
      target.series = shown.map((column) => target.series[column] as number);
      target.layout = undefined;
    }
    withColumns(target.scrapes, shown);
  }

  function take(answer: ScannedAnswer, nowMs: number, previousMs?: number): Taken {
    const known = book.size;
    learn(known);
    if (positions.length < known) positions = new Int32Array(Math.ceil(known * 1.2));
    positions.fill(-1);
    const widened = new Set<Target>();
    for (let position = 0; position < answer.count; position++) {
      const series = answer.series[position] as number;
      positions[series] = position;
      if (isColumn[series] === 1) continue;
      isColumn[series] = 1;
      const target = targetOf[series] as Target;
      target.series.push(series);
      target.layout = undefined;
      widened.add(target);
    }
    for (const target of widened) withColumns(target.scrapes, target.series.map((_, column) => (column < target.scrapes.width ? column : -1)));
    if (targets.length > matched) match();
    let behindMs: number | undefined;
    let there = 0;
    for (const target of targets) {
      if (target.series.some((one) => positions[one] !== -1)) there += 1;
      if (!target.wanted) continue;
      const before = target.newestMs;
      taker.take(target, answer, positions, layoutOf(target).counts);
      const isHeard = target.newestMs > before;
      if (target.scrapes.timesMs.length > 0) {
        dropUntil(target.scrapes, nowMs - lookbackMs);
        if (target.scrapes.timesMs.length === 0) forget(target);
        else if (target.scrapes.partial) tidy(target);
      }
      const its = behindOf(target, isHeard, nowMs, previousMs);
      if (its !== undefined) behindMs = Math.max(behindMs ?? arrivalMs, its);
    }
    return { behindMs, mostlyGone: targets.length > 2 * there + 1000 };
  }

  function takeConfig(answer: ScannedAnswer): void {
    const series = answer.series.subarray(0, answer.count);
    if (configuredTargets === targets.length && series.length === lastConfig.length && series.every((one, index) => one === lastConfig[index])) return;
    lastConfig = series.slice();
    configuredTargets = targets.length;
    for (let one = 0; one < configBook.size; one++) {
      // known already; or of a target of which no page was seen when it was
      if (configTargets[one]) continue;
      const { key, own } = splitLabels(configBook.labels(one));
      configTargets[one] = byKey.get(key);
      configOwns[one] = identities.of(configBook.nameOf(one), identities.labels(own));
    }
    for (const target of targets) {
      target.config = [];
      target.timeless = undefined;
    }
    for (const one of series) configTargets[one]?.config.push(configOwns[one] as number);
  }

  return {
    book,
    configBook,
    wants(wanted) {
      if (areSame(pods, wanted)) return;
      pods = wanted;
      match();
    },
    take,
    takeConfig,
    targetsOf: (position) => {
      const those = byPod[position] ?? none;
      return those.every(({ newestMs }) => newestMs > Number.NEGATIVE_INFINITY) ? those : those.filter(({ newestMs }) => newestMs > Number.NEGATIVE_INFINITY);
    },
    windowOf(stored) {
      const target = stored as Target;
      return windowOfScrapes(target.scrapes, layoutOf(target), () => columnsOf(target), target.modelName, timelessOf(target), rules);
    },
  };
}

/** How far the next look has to look back for one target; `undefined` where it is not alive. */
function behindOf({ newestMs, unfinishedMs, scrapes: { timesMs } }: PagedTarget, isHeard: boolean, nowMs: number, previousMs: number | undefined): number | undefined {
  if (Math.max(newestMs, unfinishedMs ?? newestMs) < nowMs - aliveWithinMs) return undefined;
  const spacingMs = timesMs.length > 1 ? newestMs - (timesMs.at(-2) as number) : 15_000;
  // heard of only now, although it was scraped before the last look; or not heard of, although it should have been
  const late = isHeard ? (previousMs ?? newestMs) - newestMs : nowMs > newestMs + spacingMs + overdueMs ? nowMs - newestMs : 0;
  return Math.max(late, unfinishedMs === undefined ? 0 : nowMs - unfinishedMs);
}

function areSame(a: readonly PodAddress[], b: readonly PodAddress[]): boolean {
  return a.length === b.length && a.every((one, index) => {
    const other = b[index] as PodAddress;
    return one.uid === other.uid && one.pod === other.pod && one.namespace === other.namespace && one.ip === other.ip && one.ports.length === other.ports.length && one.ports.every((port, at) => port === other.ports[at]);
  });
}
