import type { Random } from '../../../runtime/index.ts';
import type { Engine, EventQueue, Router } from '../../../simulator/index.ts';
import type { ScenarioFault } from '../../scenario/scenario.ts';
import { engineLayout, readEngine, readRouter, routerLayout } from './layout.ts';
import type { Layout } from './layout.ts';
import { createBentPage, faultsOf } from './metric-faults.ts';
import { createTrack } from './track.ts';
import type { Track } from './track.ts';

/** Something that is scraped, and what has come of it. */
export interface Target {
  readonly name: string;
  readonly model: number;
  /** Variant key of a pod. */
  readonly variant?: string;
  readonly layout: Layout;
  readonly track: Track;
  /** Of a pod: tokens that its KV cache holds. */
  readonly kvCapacityTokens: number;
}

/** A pod that can be scraped. */
export interface ScrapedPod {
  readonly name: string;
  readonly model: number;
  readonly variant: string;
  readonly engine: Engine;
}

export interface ScrapedModel {
  readonly router: Router;
  readonly engines: () => readonly Engine[];
}

/** A Prometheus' scraping of the stage: pods come and go, and their samples stay for a while. */
export interface Scraper {
  /** In the order in which they were found first. */
  readonly engines: readonly Target[];
  readonly routers: readonly Target[];
}

export function startScraper(options: {
  readonly agenda: EventQueue;
  readonly random: Random;
  readonly faults: readonly ScenarioFault[];
  readonly models: readonly ScrapedModel[];
  /** Told now of the pods that can be scraped, and later of each one that comes. A loading server does not answer. */
  readonly onPod: (found: (pod: ScrapedPod) => void) => void;
  readonly isThere: (pod: ScrapedPod) => boolean;
  readonly enginesMs: number;
  readonly routerMs: number;
  readonly keepMs: number;
  /** Of every target in its period, instead of one of its own. */
  readonly offsetMs?: number;
}): Scraper {
  const { agenda, random, keepMs } = options;
  let engines: Target[] = [];

  function watch(target: Target, periodMs: number, faults: ReturnType<typeof faultsOf>, read: ((row: Float64Array) => void), isThere: () => boolean, isPod: boolean): void {
    const { track, layout } = target;
    const chance = random.fork(`target/${target.name}`);
    const frozen = new Map<object, Float64Array>();
    for (const fault of faults) {
      if (fault.how !== 'frozen' || fault.atSeconds * 1000 < agenda.now()) continue;
      agenda.at(fault.atSeconds * 1000, () => {
        const row = new Float64Array(layout.width);
        read(row);
        frozen.set(fault, row);
      });
    }
    const page = createBentPage(faults, layout.firstCounter, (fault) => frozen.get(fault), { random: chance.fork('lots'), everyScrape: !isPod });

    function scrape(): void {
      const nowMs = agenda.now();
      if (!isThere()) {
        track.markStale(nowMs);
        agenda.at(nowMs + keepMs, () => {
          engines = engines.filter((other) => other !== target);
        });
        return;
      }
      const row = track.spareRow(layout.width);
      read(row);
      const arrival = page.scrape(nowMs, row);
      if (arrival === undefined) track.markStale(nowMs);
      else if (arrival.arrivesAtMs <= nowMs) track.append(nowMs, row);
      else agenda.at(arrival.arrivesAtMs, () => track.append(nowMs, row));
      agenda.at(nowMs + periodMs, scrape);
    }

    // every target has its own place in the period, as Prometheus spreads them
    const offsetMs = options.offsetMs ?? chance.integer(periodMs);
    const periods = Math.ceil((agenda.now() - offsetMs) / periodMs);
    agenda.at(Math.max(0, periods) * periodMs + offsetMs, scrape);
  }

  const routers = options.models.map(({ router, engines: behind }, model): Target => {
    const layout = routerLayout(router);
    const target: Target = { name: `router/${model}`, model, layout, track: createTrack(keepMs), kvCapacityTokens: 0 };
    watch(target, options.routerMs, faultsOf(options.faults, 'router'), (row) => readRouter(router, behind(), layout, row), () => true, false);
    return target;
  });

  options.onPod((pod) => {
    const { name, model, variant, engine } = pod;
    const layout = engineLayout(engine);
    const { kvBlocks, blockTokens } = engine.profile;
    const target: Target = { name, model, variant, layout, track: createTrack(keepMs), kvCapacityTokens: kvBlocks * blockTokens };
    engines.push(target);
    watch(target, options.enginesMs, faultsOf(options.faults, 'engines'), (row) => readEngine(engine, layout, row), () => options.isThere(pod), true);
  });

  return {
    get engines() {
      return engines;
    },
    routers,
  };
}
