import { createLabelBook, type LabelBook } from '../answer/label-book.ts';
import type { ScannedAnswer } from '../answer/scanned-answer.ts';
import { capacitiesOf } from '../engines/kv-capacities.ts';
import type { SeriesIdentity } from '../engines/page-series.ts';
import type { PodAddress } from '../source.ts';
import type { WindowRules } from '../window/history.ts';
import type { Window } from '../window/readings.ts';
import { identityLabels, podMatcher } from './match.ts';
import { createPageLayouts, type PageLayout } from './page-layouts.ts';
import { aliveWithinMs } from './targets.ts';
import { absent, addPage, dropUntil, noScrapes, shownColumns, windowOfScrapes, withColumns, type TargetScrapes, type Timeless } from './target-scrapes.ts';

type Labels = Readonly<Record<string, string>>;

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
  /** Takes what is new of an answer to `samplesQuery`, and forgets what was scraped longer than the lookback before `nowMs`. */
  take(answer: ScannedAnswer, nowMs: number): void;
  /** Takes an answer to `configQuery`. */
  takeConfig(answer: ScannedAnswer): void;
  /** Targets of a pod that have pages, by its position in what is wanted. */
  targetsOf(position: number): readonly StoredTarget[];
  /** What a target did up to its newest page. */
  windowOf(target: StoredTarget): Window | undefined;
  /**
   * How much longer than the time until the next look that one has to look back, so that it finds every page that `take` did not: as long as pages
   * take to arrive, and as far as to the newest page of a target that is overdue. `undefined` where no target is alive.
   * @param previousMs when the look before was answered, where there was one.
   */
  behindMs(nowMs: number, previousMs: number | undefined): number | undefined;
  /** Whether most of what it knows is of targets that are gone. */
  readonly mostlyGone: boolean;
}

interface Target extends StoredTarget {
  newestMs: number;
  readonly labels: Labels;
  /** Series, in the order of the columns. */
  series: number[];
  layout: PageLayout | undefined;
  modelName: string | undefined;
  scrapes: TargetScrapes;
  wanted: boolean;
  /** Whether the last answer had a new page of it. */
  heard: boolean;
  /** When the page was scraped that the last answer had only a part of, if it had one. */
  unfinishedMs: number | undefined;
  /** Sets of labels that tell of its cache, by number. */
  config: number[];
  timeless: Timeless | undefined;
}

/** How long a page takes at most to arrive, unless a target shows that it takes longer: a scrape of a large page takes a few tenths of a second. */
const arrivalMs = 3000;
/** A page that is that much later than the last two lie apart is missing. */
const overdueMs = 5000;

const nothingTimeless: Timeless = { series: [], capacities: new Map(), modelName: undefined };
const isIdentity: ReadonlySet<string> = new Set(identityLabels);
const none: readonly StoredTarget[] = [];

export function createScrapeStore(rules: WindowRules, lookbackMs: number): ScrapeStore {
  const book = createLabelBook();
  const configBook = createLabelBook();
  const layouts = createPageLayouts();
  const targets: Target[] = [];
  const byKey = new Map<string, Target>();
  /** Labels that are not of the target, each set once. */
  const labelSets: Labels[] = [];
  const labelNumbers = new Map<string, number>();
  const owns: SeriesIdentity[] = [];
  const ownNumbers = new Map<string, number>();
  /** By series: its own labels with its name, and whether it is a column of its target now. */
  const ownOf: number[] = [];
  const targetOf: Target[] = [];
  /** By what is left of the labels without the name, which all metrics of a target share: whose they are, and which labels are not the target's. */
  const restTargets: Target[] = [];
  const restOwns: number[] = [];
  let isColumn = new Uint8Array(1 << 10);
  /** Where in the answer each series stands, or -1. */
  let positions = new Int32Array(0);
  let ends = new Int32Array(64);
  let row = new Float64Array(64);
  let pods: readonly PodAddress[] = [];
  let matched = 0;
  let byPod: (readonly StoredTarget[])[] = [];
  const configTargets: (Target | undefined)[] = [];
  const configOwns: number[] = [];
  let lastConfig: Int32Array = new Int32Array(0);
  let configuredTargets = 0;
  const timelessByKey = new Map<string, Timeless>();

  function split(all: Labels): { readonly key: string; readonly identity: Labels; readonly own: Labels } {
    const identity: Record<string, string> = {};
    const own: Record<string, string> = {};
    for (const name of identityLabels) {
      const value = all[name];
      if (value !== undefined) identity[name] = value;
    }
    for (const name in all) if (!isIdentity.has(name) && name !== '__name__') own[name] = all[name] as string;
    return { key: JSON.stringify(identity), identity, own };
  }

  function ownLabels(labels: Labels): number {
    const text = JSON.stringify(labels);
    let number = labelNumbers.get(text);
    if (number === undefined) labelNumbers.set(text, (number = labelSets.push(labels) - 1));
    return number;
  }

  function identityOf(name: string, labels: number): number {
    const text = `${labels} ${name}`;
    let number = ownNumbers.get(text);
    if (number === undefined) ownNumbers.set(text, (number = owns.push({ name, labels: labelSets[labels] as Labels }) - 1));
    return number;
  }

  function targetAt(key: string, labels: Labels): Target {
    let target = byKey.get(key);
    if (target) return target;
    const { instance = '', job = '' } = labels;
    target = {
      instance, job, labels, newestMs: Number.NEGATIVE_INFINITY, series: [], layout: undefined, modelName: undefined, scrapes: noScrapes(), wanted: false, heard: false, unfinishedMs: undefined, config: [], timeless: undefined,
      get ranks() {
        return (layoutOf(this).reader?.ranks ?? '').split(' ').filter((rank) => rank !== '');
      },
    };
    byKey.set(key, target);
    targets.push(target);
    return target;
  }

  const columnsOf = ({ series }: Target): SeriesIdentity[] => series.map((one) => owns[ownOf[one] as number] as SeriesIdentity);

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
      const series = target.config.map((own) => owns[own] as SeriesIdentity);
      timelessByKey.set(key, (timeless = { series, capacities: capacitiesOf(series, ownBlocks), modelName: series.find(({ labels }) => labels['model_name'])?.labels['model_name'] }));
    }
    return (target.timeless = timeless);
  }

  /** Series seen for the first time become columns of their targets. */
  function learn(upTo: number): void {
    for (let series = ownOf.length; series < upTo; series++) {
      const rest = book.restOf(series);
      if (restOwns[rest] === undefined) {
        const { key, identity, own } = split(book.labels(series));
        restTargets[rest] = targetAt(key, identity);
        restOwns[rest] = ownLabels(own);
      }
      ownOf.push(identityOf(book.nameOf(series), restOwns[rest]));
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

  /** Takes the new pages of one target, or tells that its series do not stand for whole pages. */
  function takePages(target: Target, answer: ScannedAnswer): boolean {
    const { series, newestMs } = target;
    const { firstPoint, timesMs, values } = answer;
    const width = series.length;
    if (width > ends.length) {
      ends = new Int32Array(2 * width);
      row = new Float64Array(2 * width);
    }
    let fresh = -1;
    let end0 = 0;
    for (let column = 0; column < width; column++) {
      const position = positions[series[column] as number] as number;
      if (position === -1) return false;
      const first = firstPoint[position] as number;
      const end = firstPoint[position + 1] as number;
      if (fresh === -1) {
        let from = end;
        while (from > first && (timesMs[from - 1] as number) > newestMs) from -= 1;
        fresh = end - from;
        end0 = end;
      } else {
        if (end - first < fresh || (end - first > fresh && (timesMs[end - fresh - 1] as number) > newestMs)) return false;
        for (let back = 1; back <= fresh; back++) if (timesMs[end - back] !== timesMs[end0 - back]) return false;
      }
      ends[column] = end;
    }
    const { counts } = layoutOf(target);
    for (let back = fresh; back >= 1; back--) {
      for (let column = 0; column < width; column++) {
        const value = values[(ends[column] as number) - back] as number;
        row[column] = value - value === 0 ? value : Number.NaN;
      }
      const atMs = timesMs[end0 - back] as number;
      addPage(target.scrapes, atMs, row, counts, rules.windowMs);
      target.newestMs = atMs;
    }
    return true;
  }

  /** The same where not all series have the same times. */
  function takeParts(target: Target, answer: ScannedAnswer): void {
    const { series, newestMs } = target;
    const { firstPoint, timesMs, values } = answer;
    const pages = new Map<number, Float64Array>();
    for (const [column, one] of series.entries()) {
      const position = positions[one] as number;
      if (position === -1) continue;
      for (let point = firstPoint[position] as number; point < (firstPoint[position + 1] as number); point++) {
        const atMs = timesMs[point] as number;
        if (atMs <= newestMs) continue;
        let page = pages.get(atMs);
        if (!page) pages.set(atMs, (page = new Float64Array(series.length).fill(absent)));
        const value = values[point] as number;
        page[column] = Number.isFinite(value) ? value : Number.NaN;
      }
    }
    const inOrder = [...pages].toSorted(([a], [b]) => a - b);
    const { scrapes } = target;
    const shown = (page: ArrayLike<number>, from = 0): number => {
      let count = 0;
      for (let column = 0; column < series.length; column++) if (page[from + column] !== absent) count += 1;
      return count;
    };
    // A scrape that is still being written (remote write does so in parts) would look like counters that vanished. It will be there whole the next time.
    const last = inOrder.at(-1);
    const previous = inOrder.at(-2);
    const shownBefore = previous ? shown(previous[1]) : scrapes.timesMs.length > 0 ? shown(scrapes.values, scrapes.begin + (scrapes.timesMs.length - 1) * scrapes.width) : 0;
    if (last && shown(last[1]) < shownBefore) {
      inOrder.pop();
      target.unfinishedMs = last[0];
    }
    const { counts } = layoutOf(target);
    for (const [atMs, page] of inOrder) {
      addPage(scrapes, atMs, page, counts, rules.windowMs);
      target.newestMs = atMs;
    }
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

  function take(answer: ScannedAnswer, nowMs: number): void {
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
    for (const target of targets) {
      if (!target.wanted) continue;
      const before = target.newestMs;
      target.unfinishedMs = undefined;
      if (!takePages(target, answer)) takeParts(target, answer);
      target.heard = target.newestMs > before;
      if (target.scrapes.timesMs.length > 0) {
        dropUntil(target.scrapes, nowMs - lookbackMs);
        if (target.scrapes.timesMs.length === 0) forget(target);
        else if (target.scrapes.partial) tidy(target);
      }
    }
  }

  function takeConfig(answer: ScannedAnswer): void {
    const series = answer.series.subarray(0, answer.count);
    if (configuredTargets === targets.length && series.length === lastConfig.length && series.every((one, index) => one === lastConfig[index])) return;
    lastConfig = series.slice();
    configuredTargets = targets.length;
    for (let one = 0; one < configBook.size; one++) {
      // known already; or of a target of which no page was seen when it was
      if (configTargets[one]) continue;
      const { key, own } = split(configBook.labels(one));
      configTargets[one] = byKey.get(key);
      configOwns[one] = identityOf(configBook.nameOf(one), ownLabels(own));
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
    behindMs(nowMs, previousMs) {
      let behind: number | undefined;
      for (const { wanted, newestMs, heard, unfinishedMs, scrapes: { timesMs } } of targets) {
        if (!wanted || Math.max(newestMs, unfinishedMs ?? newestMs) < nowMs - aliveWithinMs) continue;
        const spacingMs = timesMs.length > 1 ? newestMs - (timesMs.at(-2) as number) : 15_000;
        // heard of only now, although it was scraped before the last look; or not heard of, although it should have been
        const late = heard ? (previousMs ?? newestMs) - newestMs : nowMs > newestMs + spacingMs + overdueMs ? nowMs - newestMs : 0;
        behind = Math.max(behind ?? arrivalMs, late, unfinishedMs === undefined ? 0 : nowMs - unfinishedMs);
      }
      return behind;
    },
    get mostlyGone() {
      let there = 0;
      for (const target of targets) if (target.series.some((one) => positions[one] !== -1)) there += 1;
      return targets.length > 2 * there + 1000;
    },
  };
}

function areSame(a: readonly PodAddress[], b: readonly PodAddress[]): boolean {
  return a.length === b.length && a.every((one, index) => {
    const other = b[index] as PodAddress;
    return one.uid === other.uid && one.pod === other.pod && one.namespace === other.namespace && one.ip === other.ip && one.ports.length === other.ports.length && one.ports.every((port, at) => port === other.ports[at]);
  });
}
