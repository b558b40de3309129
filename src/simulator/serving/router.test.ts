import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../runtime/index.ts';
import { createAgenda } from '../agenda.ts';
import { demoScenario } from '../demo-scenario.ts';
import type { ServingProfile } from './profile.ts';
import { createEngine } from './engine.ts';
import type { InferenceRequest } from './request.ts';
import { createRouter } from './router.ts';

const [profile] = demoScenario.profiles as [ServingProfile];

function stand() {
  const clock = createManualClock(0);
  const agenda = createAgenda(clock);
  agenda.start();
  const router = createRouter(agenda, { patienceMs: 10_000 });
  const ended: InferenceRequest[] = [];
  let id = 0;
  const send = (): void => router.submit({ id: id++, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens: 10, generationTokens: 100, onEnd: (request) => ended.push(request) });
  return { clock, agenda, router, ended, send, engine: () => createEngine(profile, agenda) };
}

describe('the router', () => {
  it('gives each request to the server with the fewest', () => {
    const { router, send, engine } = stand();
    const [one, two] = [engine(), engine()];
    router.addServer('one', one);
    router.addServer('two', two);
    for (let count = 0; count < 7; count++) send();
    expect([one.running() + one.waiting(), two.running() + two.waiting()]).toEqual([4, 3]);
  });

  it('holds what nobody can take yet, and gives it to the first server that is ready', async () => {
    const { clock, router, send, engine, ended } = stand();
    send();
    await clock.advance(5000);
    expect(router.held()).toBe(1);
    router.addServer('late', engine());
    await clock.advance(5000);
    expect(router.held()).toBe(0);
    expect(ended.map(({ ending }) => ending)).toEqual(['completed']);
  });

  it('refuses what it held in vain for as long as clients wait', async () => {
    const { clock, router, send, ended } = stand();
    send();
    await clock.advance(10_100);
    expect(router.held()).toBe(0);
    expect(ended.map(({ ending }) => ending)).toEqual(['refused']);
  });

  it('sends nothing twice: what a dying server had is lost though another one stands by', async () => {
    const { clock, agenda, router, send, engine, ended } = stand();
    const [dying, other] = [engine(), engine()];
    router.addServer('dying', dying);
    send();
    router.addServer('other', other);
    agenda.at(100, () => {
      router.removeServer('dying');
      dying.kill();
    });
    await clock.advance(5000);
    expect(ended.map(({ ending }) => ending)).toEqual(['lost']);
    expect(other.running() + other.waiting()).toBe(0);
  });
});
