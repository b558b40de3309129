import { createRouterWindows, createSampleWindows, modelSamples, nothingOfModels, nothingRead, type EngineSample, type PodSample, type Samples } from '../../../src/prometheus/index.ts';
import type { MissingReason, ReplicaReadings, RouterReadings } from '../../../src/model/index.ts';
import type { Faults } from './faults.ts';
import type { WorldPlan } from './plan.ts';
import { isReady, type ScaleTarget } from './scale-target.ts';
import type { ModelTraffic } from './traffic.ts';
import { clockOf } from './world-snapshot.ts';

/** Prometheus answers with samples up to so old. */
const lookbackMs = 300_000;

interface RouterSample extends Pick<ModelTraffic, 'came' | 'held' | 'running' | 'waiting'> {
  readonly atMs: number;
}

/** A Prometheus of the world: samples of pods and routers. */
export interface Scraper {
  scrape(targets: readonly ScaleTarget[], traffic: readonly ModelTraffic[], nowMs: number): void;
  engine(uid: string): EngineSample | undefined;
  router(model: number): RouterSample | undefined;
}

export function createScraper(faults: Faults): Scraper {
  const engines = new Map<string, EngineSample>();
  const routers = new Map<number, RouterSample>();
  return {
    scrape(targets, traffic, nowMs) {
      if (faults.on('scrapes-lost', nowMs) !== undefined) return;
      for (const { pods, model } of targets) {
        const silent = faults.on('pods-silent', nowMs, model);
        const odd = faults.on('not-a-number', nowMs, model);
        for (const pod of pods) {
          if (!isReady(pod, nowMs) || (silent !== undefined && pod.lot < silent.share)) continue;
          const sample = pod.replica.sample(clockOf(nowMs));
          engines.set(pod.uid, odd !== undefined && pod.lot < odd.share ? { ...sample, gauges: { ...sample.gauges, kvUsed: 'NotANumber', waiting: 'NotANumber' }, counters: { ...sample.counters, itlSum: 'NotANumber' } } : sample);
        }
      }
      for (const [model, { came, held, running, waiting }] of traffic.entries()) {
        if (faults.on('router-away', nowMs, model) === undefined) routers.set(model, { atMs: clockOf(nowMs), came, held, running, waiting });
      }
    },
    engine: (uid) => engines.get(uid),
    router: (model) => routers.get(model),
  };
}

/** What the product's own windows make of samples; begun anew with each controller. */
export function createLooking(plan: WorldPlan, scraper: Scraper, faults: Faults): (targets: readonly ScaleTarget[], nowMs: number) => Samples {
  const windows = createSampleWindows();
  const routerWindows = createRouterWindows();

  return (targets, nowMs) => {
    const atMs = clockOf(nowMs);
    const away = faults.on('prometheus-away', nowMs) !== undefined;
    const known = <T extends { readonly atMs: number }>(sample: T | undefined): T | undefined => (sample !== undefined && !away && atMs - sample.atMs < lookbackMs ? sample : undefined);
    const why: readonly [MissingReason, string] = away ? ['Unreachable', 'Prometheus does not answer.'] : ['NotReported', 'Prometheus has no sample of it.'];
    const pods = targets.flatMap(({ pods: there, plan: { namespace, modelID } }) =>
      there.map(({ name, uid }): PodSample => {
        const sample = known(scraper.engine(uid));
        const readings: ReplicaReadings = sample === undefined ? nothingRead(...why) : windows.see(uid, sample).readings;
        return { namespace, pod: name, modelName: modelID, readings };
      }),
    );
    const routers = plan.models.flatMap(({ namespace, modelID, router }, model) => {
      const sample = router === 'none' ? undefined : known(scraper.router(model));
      if (sample === undefined) return [];
      const counts = { requests: sample.came - Math.round(sample.held), running: Math.round(sample.running + sample.waiting - sample.held), ...(router === 'flowControl' && { queued: Math.round(sample.held) }) };
      const readings = routerWindows.see(String(model), { atMs: sample.atMs, models: new Map([[modelID, counts]]) }).get(modelID) as RouterReadings;
      return [{ namespace, modelName: modelID, router: readings }];
    });
    windows.keepOnly(new Set(targets.flatMap(({ pods: there }) => there.map(({ uid }) => uid))));
    return { atMs, pods, models: modelSamples(routers, [], nothingOfModels(...why)), problems: away ? [{ source: 'prometheus', about: 'http://prometheus', message: 'Prometheus does not answer.' }] : [] };
  };
}
