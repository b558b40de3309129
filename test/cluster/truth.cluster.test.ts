import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, metricsParts } from '../support/genuine/index.ts';
import { startBalancer, type Balancer } from './balancer.ts';
import { startJourney, type Journey, type Path } from './journey.ts';
import { startSampler, tally, type Sample, type Sampler } from './sampler.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

// 2 on A100 and 3 on MI300X: an HPA that ever reads more than 5 was told a thing twice.
const truth = 5;
const election = ['--leader-elect', '--leader-election-lease-duration=4s', '--leader-election-renew-deadline=3s', '--leader-election-retry-period=500ms'];
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

for (const path of ['own', 'adapter'] as const satisfies readonly Path[]) {
  const parts = path === 'adapter' ? [...controlPlaneParts, ...metricsParts] : controlPlaneParts;
  describeGenuine(`no value above the truth (${path === 'adapter' ? 'adapter' : 'own API'})`, parts, () => {
    let journey: Journey;
    let balancer: Balancer | undefined;
    let sampler: Sampler;

    beforeAll(async () => {
      journey = await startJourney({
        path,
        controllers: 2,
        args: ['--interval=2s', ...election],
        scrapeIntervalSeconds: 2,
        relistIntervalSeconds: 6,
        hpaSyncPeriodSeconds: 1,
        async balance(ports) {
          balancer = await startBalancer(ports);
          return balancer.port;
        },
      });
      await journey.apply(
        seed.deployment(truth),
        seed.variant({ name: 'shared-a100', accelerator: 'A100', spec: { minReplicas: 2, maxReplicas: 2 } }),
        seed.variant({ name: 'shared-mi300x', accelerator: 'MI300X', spec: { minReplicas: 3, maxReplicas: 3 } }),
        seed.hpa(20),
      );
      journey.fleet.setRate(10);
      console.log(`${path}: everything started in ${journey.startSeconds.toFixed(1)} s`);
      sampler = startSampler(journey.plane, seed.metricPath, seed.hpaPath);
      await until('the truth is served and followed', () => {
        const last = sampler.samples.at(-1);
        return (last?.served === truth && last.hpaDesired === truth) || JSON.stringify(last);
      }, { timeoutMs: 90_000, explain: () => journey.logs() });
    });
    afterAll(async () => {
      await sampler?.stop();
      await journey?.stop();
      await balancer?.close();
    });

    function since(atMs: number): readonly Sample[] {
      return sampler.samples.filter((sample) => sample.atMs >= atMs);
    }
    /** Waits until the truth is served again after `what`, and then holds all that was seen since against it. */
    async function survived(what: string, startMs: number): Promise<void> {
      const backMs = Date.now();
      await until(`the truth is served again after ${what}`, () => {
        const latest = sampler.samples.at(-1);
        return (latest !== undefined && latest.atMs > backMs && latest.served === truth && latest.hpaDesired === truth) || JSON.stringify(latest);
      }, { timeoutMs: 60_000, explain: () => journey.logs() });
      await wait(2000);
      const samples = since(startMs);
      const lastAbsent = samples.findLast(({ served }) => served === undefined)?.atMs;
      console.log(
        `${path}, ${what}: served ${tally(samples.map(({ served }) => served))}; HPA ${tally(samples.map(({ hpaDesired }) => hpaDesired))}` +
          (lastAbsent === undefined ? '; never absent' : `; complete again ${((lastAbsent - startMs) / 1000).toFixed(1)} s after its start`),
      );
      for (const { served, hpaDesired } of samples) {
        if (served !== undefined) expect(served).toBeLessThanOrEqual(truth);
        if (hpaDesired !== undefined) expect(hpaDesired).toBeLessThanOrEqual(truth);
        // Nor may the HPA be talked into fewer by half an answer.
        if (hpaDesired !== undefined) expect(hpaDesired).toBe(truth);
      }
    }

    it('with two instances of which one leads', async () => {
      const startMs = Date.now();
      await wait(5000);
      await survived('5 s with two instances', startMs);
    });

    it('while the leader is killed and another takes over', async () => {
      const leader = await leading(journey);
      const startMs = Date.now();
      await leader.kill();
      await wait(6000);
      await survived(`SIGKILL of the leader ${leader.name}`, startMs);
      await leader.restart();
      await survived(`restart of ${leader.name}`, startMs);
    });

    it('while all are killed and started again', async () => {
      const startMs = Date.now();
      await Promise.all(journey.products.map((product) => product.kill()));
      await wait(4000);
      await Promise.all(journey.products.map((product) => product.restart()));
      await survived('SIGKILL and restart of both', startMs);
    });

    it('while the leader is told to end, as in a rolling update', async () => {
      const leader = await leading(journey);
      const startMs = Date.now();
      expect(await leader.terminate()).toBe(0);
      await wait(3000);
      await survived(`SIGTERM of the leader ${leader.name}`, startMs);
    });
  });
}

async function leading(journey: Journey): Promise<Journey['product']> {
  const lease = await journey.get<{ spec: { holderIdentity?: string } }>('/apis/coordination.k8s.io/v1/namespaces/workload-variant-autoscaler-system/leases/72dd1cf1.llm-d.ai');
  const holder = lease.spec.holderIdentity ?? '';
  const leader = journey.products.find(({ name }) => holder.startsWith(name));
  if (!leader) throw new Error(`The Lease is held by ${JSON.stringify(holder)}, which is none of ours.`);
  return leader;
}
