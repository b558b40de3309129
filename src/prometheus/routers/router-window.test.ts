import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouterReadings } from '../../model/index.ts';
import { windowRules } from '../window/history.ts';
import { gatherRouters, nothingOfRouter } from './model-routers.ts';
import type { RouterCounts, RouterPage } from './router-page.ts';
import { emptyRouterHistory, extendedRouter, readingsOfRouter } from './router-window.ts';

const rules = windowRules(60_000);

function page(atS: number, models: Readonly<Record<string, RouterCounts>>, startedAtSeconds?: number): RouterPage {
  return { atMs: atS * 1000, models: new Map(Object.entries(models)), ...(startedAtSeconds === undefined ? {} : { startedAtSeconds }) };
}

function readings(...pages: readonly RouterPage[]): RouterReadings | undefined {
  const history = pages.reduce((earlier, one) => extendedRouter(earlier, one, rules), emptyRouterHistory);
  return readingsOfRouter(history, rules, pages.at(-1) as RouterPage).get('m');
}

describe('arrivals at a router', () => {
  it.each([
    ['what went through', { requests: 10, queued: 0 }, { requests: 130, queued: 0 }, 2],
    ['what it holds, since it counts when a request leaves the queue', { requests: 10, queued: 0 }, { requests: 10, queued: 120 }, 2],
    ['no queue that drains', { requests: 10, queued: 60 }, { requests: 70, queued: 0 }, 0],
    ['what it turned away', { requests: 10 }, { requests: 10, turnedAway: 60 }, 1],
    ['a model that it begins to show', {}, { queued: 30 }, 0.5],
  ] as const)('are %s', (_, before, after, perSecond) => {
    expect(readings(page(0, { m: before }), page(60, { m: after }))?.arrivalsPerSecond).toEqual({ kind: 'fresh', value: perSecond, atMs: 60_000 });
  });

  it('are told over a minute and over ten seconds', () => {
    const got = readings(page(0, { m: { requests: 0 } }), page(45, { m: { requests: 45 } }), page(55, { m: { requests: 55 } }), page(60, { m: { requests: 120 } }));
    expect(got).toMatchObject({ arrivalsPerSecond: { value: 2 }, recentArrivalsPerSecond: { value: 5 } });
  });

  it('need two pages, and begin anew with a router that was started anew', () => {
    expect(readings(page(0, { m: { requests: 7, queued: 2 } }))).toMatchObject({ arrivalsPerSecond: { kind: 'missing', why: 'NoPriorSample' }, waiting: { kind: 'fresh', value: 2 } });
    const restarted = [page(0, { m: { requests: 700 } }), page(15, { m: { requests: 3 } })];
    expect(readings(...restarted)?.arrivalsPerSecond).toMatchObject({ kind: 'missing', why: 'CounterReset', detail: expect.stringContaining('from 700 to 3') as string });
    expect(readings(...restarted, page(30, { m: { requests: 33 } }))?.arrivalsPerSecond).toMatchObject({ value: 2 });
    expect(readings(page(0, { m: { requests: 1 } }, 100), page(15, { m: { requests: 50 } }, 500))?.arrivalsPerSecond).toMatchObject({ why: 'CounterReset' });
    expect(readings(page(0, { n: { requests: 5 }, m: { requests: 1 } }), page(15, { m: { requests: 2 } }))?.arrivalsPerSecond).toMatchObject({ why: 'CounterReset', detail: expect.stringContaining('for n vanished') as string });
  });

  it('are not known from what is no number', () => {
    expect(readings(page(0, { m: { requests: 1 } }), page(60, { m: { requests: 'NotANumber' } }))?.arrivalsPerSecond).toMatchObject({ why: 'NotANumber' });
    expect(readings(page(0, { m: { queued: 'NotANumber', running: -1 } }))).toMatchObject({ waiting: { why: 'NotANumber' }, running: { why: 'Malformed' } });
  });

  it('are exactly what came, whatever became of it', () => {
    const step = fc.record({ came: fc.nat(9), given: fc.nat(9), refused: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        let [requests, turnedAway, queued, came] = [0, 0, 0, 0];
        const pages = [page(0, { m: { requests, turnedAway, queued } })];
        for (const [index, one] of steps.entries()) {
          came += one.came;
          queued += one.came;
          const given = Math.min(queued, one.given);
          const refused = Math.min(queued - given, one.refused);
          requests += given;
          turnedAway += refused;
          queued -= given + refused;
          pages.push(page((index + 1) * 3, { m: { requests, turnedAway, queued } }));
        }
        const told = readings(...pages)?.arrivalsPerSecond;
        expect(told?.kind === 'fresh' && told.value * steps.length * 3).toBeCloseTo(came, 9);
      }),
    );
  });
});

describe('several routers of one model', () => {
  const one = readings(page(0, { m: { requests: 0, queued: 0 } }), page(60, { m: { requests: 60, queued: 2 } })) as RouterReadings;

  it('add up, as old as the oldest, and never over namespaces', () => {
    const gathered = gatherRouters();
    gathered.add('a', 'm', one);
    gathered.add('a', 'm', { ...one, waiting: { kind: 'fresh', value: 5, atMs: 55_000 } });
    gathered.add('b', 'm', one);
    expect(gathered.models()).toMatchObject([
      { namespace: 'a', modelName: 'm', router: { waiting: { value: 7, atMs: 55_000 }, running: { kind: 'missing', why: 'NotReported' } } },
      { namespace: 'b', modelName: 'm', router: { waiting: { value: 2 } } },
    ]);
  });

  it('are not known while one of them is not', () => {
    const gathered = gatherRouters();
    gathered.add('a', 'm', one);
    gathered.add('a', 'm', nothingOfRouter('TimedOut'));
    expect(gathered.models()[0]?.router.waiting).toMatchObject({ kind: 'missing', why: 'TimedOut' });
  });
});
