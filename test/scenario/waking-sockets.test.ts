import { setTimeout as passed } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startController } from '../../src/cli/compose.ts';
import { own, withProductInstalled } from '../../src/cli/demo/cluster.ts';
import { optionsFrom } from '../../src/config/index.ts';
import { createNodeTransport, createRandom, listen, silentLog, systemClock, type Listener, type Transport } from '../../src/runtime/index.ts';
import { createWorld } from '../../src/simulator/index.ts';
import { variantAutoscalingCrd, type Pod, type Workload } from '../../src/wire/index.ts';
import { autoscaler, decode, load, namespace, router, scenarioOf, variant, workload } from '../support/story/index.ts';

/** A server on a socket of the loopback that hands every request on to the world, as if it had been for this host. */
async function before(world: Transport, host: string, port: number, hostInWorld = `http://${host}:${port}`): Promise<Listener> {
  return listen((request) => world({ ...request, url: hostInWorld + new URL(request.url).pathname + new URL(request.url).search }), { host, port });
}

it('a model at zero is back within a second of the first request, by the clock on the wall and over sockets', async () => {
  const scenario = scenarioOf([router('epp'), workload('Deployment', decode, 0), variant('chat', { minReplicas: 0 }), autoscaler()], {
    traffic: load([4, 0, 0], [600, 3, 3]).map((one) => ({ ...one, router: { deployment: 'epp', flowControl: true } })),
  });
  const world = createWorld({ seed: 'sockets', clock: systemClock, scenario: withProductInstalled({ ...scenario, startup: { meanMs: 200, standardDeviationMs: 0, lowestMs: 200 } }), customResourceDefinitions: [variantAutoscalingCrd()] });
  const stop = new AbortController();
  const listening: Listener[] = [];
  const sockets = createNodeTransport({});
  try {
    world.start();
    const read = optionsFrom({ interval: '60s', metricsSecure: false, metricsBindAddress: '127.0.0.1:0', healthProbeBindAddress: '0', podNamespace: own.namespace, serviceName: own.service, metricSource: 'scrape' }, {});
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
    const { store } = world.apiServer;
    let ip: string | undefined;
    for (let tries = 0; tries < 50 && !ip; tries++) {
      await passed(50);
      ip = store.list<Pod>({ group: '', plural: 'pods' }).find(({ metadata }) => metadata?.namespace === namespace)?.status?.podIP;
    }
    const api = await before(world.transport, '127.0.0.1', 0, world.apiServerUrl);
    listening.push(api, await before(world.transport, ip ?? '', 9090));
    const { ended } = await startController(read.options, { transport: sockets, baseUrl: api.url, clock: systemClock, random: createRandom('sockets'), log: silentLog, identity: 'sockets' }, stop.signal);

    const replicas = (): number => store.get<Workload>({ group: 'apps', plural: 'deployments' }, decode, namespace)?.spec?.replicas ?? 0;
    const whenTrue = async (isSo: () => boolean): Promise<number> => {
      for (const endMs = Date.now() + 20_000; Date.now() < endMs; await passed(5)) if (isSo()) return Date.now();
      return Infinity;
    };
    const waitsMs = await whenTrue(() => (world.stats().traffic[0]?.held ?? 0) > 0);
    const scaledMs = await whenTrue(() => replicas() > 0);
    expect(replicas()).toBe(1);
    expect(scaledMs - waitsMs).toBeLessThanOrEqual(1000);
    stop.abort(new Error('The test is over.'));
    await ended;
  } finally {
    stop.abort(new Error('The test is over.'));
    await sockets.close();
    await world.stop();
    for (const server of listening) await server.close(0);
  }
}, 60_000);
