import { describe, expect, it } from 'vitest';
import { sceneOf, type VariantSketch } from '../../test/support/decide/scene.ts';
import { decide } from '../decide/index.ts';
import { defaultPolicySet, emptyMemory, freshValue } from '../model/index.ts';
import { createRouterScrape, type RouterAddress } from '../prometheus/index.ts';
import { createManualClock, createRandom, textResponse, TransportError } from '../runtime/index.ts';
import { createWakeWatch } from './wake-watch.ts';

const namespace = sceneOf([{ name: 'v', replicas: [] }]).variants[0]?.variant.namespace ?? '';
const router = (index: number, where = namespace): RouterAddress => ({ namespace: where, pod: `epp-${index}`, uid: `uid-${index}`, ip: `10.0.1.${index}`, ports: [9090] });
const queued = (model: string, count: number): string => `llm_d_epp_flow_control_queue_size{model_name="${model}",target_model_name="${model}"} ${count}\n`;
const refused = (model: string, count: number): string => `llm_d_epp_request_error_total{error_code="ServiceUnavailable",model_name="${model}",target_model_name=""} ${count}\n`;

function cycleWith(...variants: VariantSketch[]) {
  const observation = sceneOf(variants);
  return { observation, decisions: decide(observation, defaultPolicySet, emptyMemory, observation.atMs).decisions };
}

const asleep = (name: string, model: string, more: Partial<VariantSketch> = {}): VariantSketch => ({ name, model, min: 0, current: 0, replicas: [], ...more });
const awake = (name: string, model: string): VariantSketch => ({ name, model, replicas: [{ kv: 0.1, queue: 0 }] });

function watched(routers: readonly RouterAddress[], periodMs = 400) {
  const clock = createManualClock(1_000_000);
  const asked: string[] = [];
  const requests: number[] = [];
  /** What each router shows, by its index; `undefined`: it is not reached. */
  const pages = new Map<string, string | undefined>();
  const stop = new AbortController();
  const watch = createWakeWatch({
    routers: createRouterScrape({
      clock,
      podTimeoutMs: 700, collectTimeoutMs: 2000, maxBytes: 1024 * 1024, concurrency: 4, windowMs: 10_000,
      transport: async ({ url }) => {
        const index = /10\.0\.1\.(\d+)/.exec(url)?.[1] ?? '';
        asked.push(index);
        const page = pages.has(index) ? pages.get(index) : '';
        if (page === undefined) throw new TransportError('Unreachable', 'refused');
        return textResponse(200, `up 1\n${page}`);
      },
    }),
    addresses: () => routers,
    clock,
    random: createRandom('watch'),
    periodMs,
    patienceMs: 15_000,
    onRequest: () => requests.push(clock.now()),
  });
  const ended = watch.run(stop.signal).catch(() => {});
  return { watch, clock, asked, requests, pages, end: async () => (stop.abort(new Error('over')), ended) };
}

describe('the routers of models at zero', () => {
  it('are asked while one is, and not before or after', async () => {
    const { watch, clock, asked, end } = watched([router(1)]);
    watch.hear(cycleWith(awake('v', 'm')));
    await clock.advance(10_000);
    expect(asked).toEqual([]);
    watch.hear(cycleWith(asleep('v', 'm')));
    await clock.advance(4000);
    expect(asked.length).toBe(10);
    watch.hear(cycleWith(awake('v', 'm')));
    await clock.advance(10_000);
    expect(asked.length).toBe(10);
    await end();
  });

  it('are not asked where that is switched off', async () => {
    const { watch, clock, asked, end } = watched([router(1)], 0);
    watch.hear(cycleWith(asleep('v', 'm')));
    await clock.advance(10_000);
    expect(asked).toEqual([]);
    await end();
  });

  it.each([
    ['a request begins to wait', queued('m', 0), queued('m', 1)],
    ['one is turned away by a router that has counted before', refused('m', 4), refused('m', 5)],
    ['the first one ever is turned away', '', refused('m', 1)],
  ])('make one call for a decision when %s', async (_, before, after) => {
    const { watch, clock, requests, pages, end } = watched([router(1)]);
    pages.set('1', before);
    watch.hear(cycleWith(asleep('v', 'm')));
    await clock.advance(20_000);
    expect(requests).toEqual([]);
    pages.set('1', after);
    const cameMs = clock.now();
    await clock.advance(14_000);
    expect(requests.length).toBe(1);
    expect((requests[0] ?? Infinity) - cameMs).toBeLessThanOrEqual(400);
    expect(watch.news()).toMatchObject([{ namespace, modelName: 'm' }]);
    await end();
  });

  it('say of a request what came, for as long as readings are fresh', async () => {
    const { watch, clock, pages, end } = watched([router(1)]);
    watch.hear(cycleWith(asleep('v', 'm')));
    pages.set('1', queued('m', 3));
    await clock.advance(800);
    watch.hear(cycleWith(awake('v', 'm')));
    await clock.advance(50_000);
    expect(watch.news().map(({ router: said }) => freshValue(said.waiting))).toEqual([3]);
    await clock.advance(11_000);
    expect(watch.news()).toEqual([]);
    await end();
  });

  it('do not ask again for what a decision has let wait, and do so when whole looks have passed', async () => {
    const { watch, clock, requests, pages, end } = watched([router(1)]);
    watch.hear(cycleWith(asleep('v', 'm')));
    pages.set('1', queued('m', 1));
    await clock.advance(60_000);
    expect(requests.length).toBe(4);
    await end();
  });

  it.each([
    ['of a model that is not asleep', [awake('v', 'm')]],
    ['of one of which another variant runs', [asleep('v', 'm'), awake('w', 'm')]],
    ['of one that nobody may wake', [asleep('v', 'm', { mode: 'paused' })]],
    ['of one that may have no replica', [asleep('v', 'm', { max: 0 })]],
  ])('are not listened to about requests %s', async (_, variants) => {
    const { watch, clock, requests, pages, end } = watched([router(1)]);
    pages.set('1', queued('m', 1) + queued('n', 0));
    watch.hear(cycleWith(...variants, asleep('x', 'n')));
    await clock.advance(10_000);
    expect(requests).toEqual([]);
    await end();
  });

  it('are those that named it or nobody yet; all of the namespace while none has', async () => {
    const { watch, clock, asked, pages, end } = watched([router(1), router(2), router(3), router(4, 'elsewhere')]);
    for (const [index, page] of [['1', queued('m', 0)], ['2', queued('n', 0)], ['3', '']] as const) pages.set(index, page);
    watch.hear(cycleWith(asleep('v', 'm'), awake('w', 'n')));
    await clock.advance(500);
    expect(asked).toEqual(['1', '2', '3']);
    await clock.advance(400);
    expect(asked.slice(3)).toEqual(['1', '3']);
    watch.hear(cycleWith(asleep('v', 'm'), awake('w', 'n'), asleep('x', 'new')));
    asked.length = 0;
    await clock.advance(400);
    expect(asked).toEqual(['1', '2', '3']);
    await end();
  });

  it('are left alone for a while when they fail, the longer the more often, and the others are not', async () => {
    const { watch, clock, asked, requests, pages, end } = watched([router(1), router(2)]);
    pages.set('1', undefined);
    watch.hear(cycleWith(asleep('v', 'm')));
    await clock.advance(60_000);
    expect(asked.filter((index) => index === '1').length).toBeLessThan(9);
    expect(asked.filter((index) => index === '2').length).toBeGreaterThan(140);
    pages.set('2', queued('m', 1));
    await clock.advance(500);
    expect(requests.length).toBe(1);
    await end();
  });
});
