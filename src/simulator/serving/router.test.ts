import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { createEventQueue } from '../agenda.ts';
import type { EngineRole } from './engine.ts';
import { createEngine } from './engine.ts';
import type { ServingProfile } from './profile.ts';
import type { InferenceRequest } from './request.ts';
import { createRouter } from './router.ts';
import type { RouterOptions } from './router.ts';
import { routerCounts, writeRouterPage } from './router-page.ts';

const profile: ServingProfile = {
  modelID: 'm', accelerator: 'A100',
  baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 0.5, perResidentTokenMs: 0, networkMs: 1,
  maxSequences: 2, tokenBudget: 256, kvBlocks: 65, blockTokens: 16, maxModelTokens: 1024, costPerHour: 1,
};

function stand(options: RouterOptions = {}) {
  const agenda = createEventQueue(0);
  const router = createRouter(agenda, { patienceMs: 10_000, ...options });
  const ended: InferenceRequest[] = [];
  const sent: InferenceRequest[] = [];
  function send(asked: Partial<InferenceRequest> = {}): InferenceRequest {
    const request: InferenceRequest = {
      id: sent.length, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens: 10, generationTokens: 100, onEnd: (done) => ended.push(done), ...asked,
    };
    sent.push(request);
    router.submit(request);
    return request;
  }
  const engine = (changes: Partial<ServingProfile> = {}, role: EngineRole = 'both') => createEngine({ ...profile, ...changes }, agenda, { role });
  const endings = () => ended.map(({ ending }) => ending);
  return { agenda, router, ended, endings, sent, send, engine };
}

const loadOf = (...engines: readonly { running(): number; waiting(): number }[]): number[] => engines.map((engine) => engine.running() + engine.waiting());

describe('the page of a router', () => {
  const value = (page: string, name: string): number | undefined => {
    const line = page.split('\n').find((one) => one.startsWith(`${name}{`));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };

  it('counts what servers were given, what was turned away, and what waits, since its process began', () => {
    const { agenda, router, send, engine } = stand({ flowControl: true });
    const born = routerCounts(router);
    for (let index = 0; index < 3; index++) send();
    let page = writeRouterPage(router, 'm', born);
    expect(value(page, 'llm_d_epp_request_total')).toBeUndefined();
    expect(value(page, 'llm_d_epp_flow_control_queue_size')).toBe(3);
    expect(value(page, 'inference_extension_flow_control_queue_size')).toBe(3);
    // nobody came to serve them
    agenda.runUntil(11_000);
    page = writeRouterPage(router, 'm', born);
    expect(value(page, 'llm_d_epp_request_error_total')).toBe(3);
    expect(value(page, 'llm_d_epp_flow_control_queue_size')).toBe(0);
    router.addServer('one', engine());
    send();
    page = writeRouterPage(router, 'm', born);
    expect([value(page, 'llm_d_epp_request_total'), value(page, 'llm_d_epp_request_running'), value(page, 'llm_d_epp_ready_endpoints')]).toEqual([1, 1, 1]);
    expect(value(writeRouterPage(router, 'm', routerCounts(router)), 'llm_d_epp_request_total')).toBeUndefined();
  });

  it('shows no queue without flow control', () => {
    const { router, send } = stand();
    send();
    expect(writeRouterPage(router, 'm', { given: 0, turnedAway: 0 })).not.toContain('flow_control');
  });
});

describe('the router', () => {
  it('gives each request to the server with the fewest', () => {
    const { router, send, engine } = stand();
    const [one, two] = [engine(), engine()];
    router.addServer('one', one);
    router.addServer('two', two);
    for (let count = 0; count < 7; count++) send();
    expect(loadOf(one, two)).toEqual([4, 3]);
  });

  it('gives them round in a ring', () => {
    const { agenda, router, send, engine } = stand({ policy: 'round-robin' });
    const engines = [engine(), engine({ baseMs: 1000 }), engine()];
    for (const [index, server] of engines.entries()) router.addServer(`${index}`, server);
    for (let count = 0; count < 9; count++) {
      send({ generationTokens: 1 });
      agenda.runUntil(agenda.now() + 50);
    }
    expect(engines.map(({ meters }) => meters.succeeded)).toEqual([3, 0, 3]);
    expect(loadOf(...engines)).toEqual([0, 3, 0]);
  });

  it('chooses among equals by chance where chance is handed in', () => {
    const { agenda, router, send, engine } = stand({ random: createRandom('ties') });
    const engines = [engine(), engine(), engine()];
    for (const [index, server] of engines.entries()) router.addServer(`${index}`, server);
    for (let count = 0; count < 300; count++) {
      send({ generationTokens: 1 });
      agenda.runUntil(agenda.now() + 100);
    }
    for (const { meters } of engines) expect(Math.abs(meters.succeeded - 100)).toBeLessThan(30);
  });

  it('holds what nobody can take yet, says so, and gives it to the first server that is ready', () => {
    const { agenda, router, send, engine, endings } = stand();
    let waited = 0;
    router.onWaiting(() => (waited += 1));
    send();
    send();
    agenda.runUntil(5000);
    expect({ held: router.held(), tokens: router.heldTokens(), inFlight: router.inFlight(), waited }).toEqual({ held: 2, tokens: 20, inFlight: 2, waited: 2 });
    router.addServer('late', engine());
    agenda.runUntil(15_000);
    expect(router.held()).toBe(0);
    expect(endings()).toEqual(['completed', 'completed']);
  });

  it('refuses what it held in vain for as long as clients wait', () => {
    const { agenda, router, send, ended, endings } = stand();
    send();
    agenda.runUntil(10_100);
    expect(router.held()).toBe(0);
    expect(endings()).toEqual(['refused']);
    expect(ended[0]?.endedAtMs).toBe(10_000);
  });

  it('sends nothing twice: what a dying server had is lost though another one stands by', () => {
    const { agenda, router, send, engine, endings } = stand();
    const [dying, other] = [engine(), engine()];
    router.addServer('dying', dying);
    send();
    router.addServer('other', other);
    agenda.runUntil(100);
    router.removeServer('dying');
    dying.kill();
    agenda.runUntil(5000);
    expect(endings()).toEqual(['lost']);
    expect(loadOf(other)).toEqual([0]);
  });

  it('refuses what no server can ever hold', () => {
    const { router, send, engine } = stand();
    router.addServer('one', engine());
    expect(send({ promptTokens: 2000 }).ending).toBe('refused');
  });

  it('counts what its clients see', () => {
    const { agenda, router, send, engine } = stand();
    router.addServer('one', engine());
    const first = send({ generationTokens: 11 });
    agenda.runUntil(40);
    expect(router.meters.ttft.snapshot()).toMatchObject({ count: 1, sum: expect.closeTo((first.firstTokenAtMs ?? 0) / 1000, 9) });
    expect(router.meters.perOutputToken.snapshot().count).toBe(0);
    const second = send({ generationTokens: 50 });
    agenda.runUntil(200);
    router.cancel(second);
    expect(router.cancel(second)).toBe(false);
    expect(router.meters).toMatchObject({ arrived: 2, answered: 1, refused: 1, promptTokens: 20, generationTokens: 11 });
    expect(router.meters.perOutputToken.snapshot().sum).toBeCloseTo(((first.endedAtMs ?? 0) - (first.firstTokenAtMs ?? 0)) / 10_000, 9);
    expect(router.inFlight()).toBe(0);
  });
});

describe('a router that scores', () => {
  it('sends a prompt where its beginning was sent before, though others are as empty', () => {
    const { agenda, router, send, engine } = stand({ policy: 'scored' });
    const engines = [engine(), engine(), engine()];
    for (const [index, server] of engines.entries()) router.addServer(`${index}`, server);
    for (let count = 0; count < 12; count++) {
      send({ promptTokens: 100, generationTokens: 1, prefix: { id: count % 3, tokens: 96 } });
      agenda.runUntil(agenda.now() + 200);
    }
    // four requests of each text, three of them find 96 tokens; the first to come took the first server
    expect(engines.reduce((hits, { meters }) => hits + meters.prefixHits, 0)).toBe(3 * 3 * 96);
  });

  it('leaves that server when its queue is the longest by far', () => {
    const { agenda, router, send, engine } = stand({ policy: 'scored' });
    const [one, two] = [engine({ maxSequences: 1 }), engine({ maxSequences: 1 })];
    router.addServer('one', one);
    router.addServer('two', two);
    // half the prompt is known to the first: 1.5 for it, against 2 for the other's empty queue
    for (let count = 0; count < 4; count++) send({ promptTokens: 64, prefix: { id: 1, tokens: 32 } });
    agenda.runUntil(60);
    expect(loadOf(two)[0]).toBeGreaterThan(0);
  });

  it('knows of KV use only what it saw at its last poll', () => {
    const { agenda, router, send, engine } = stand({ policy: 'scored' });
    const [full, empty] = [engine(), engine()];
    router.addServer('full', full);
    send({ promptTokens: 900, generationTokens: 100 });
    router.addServer('empty', empty);
    agenda.runUntil(40);
    // the look of 0 ms still stands, but for what was sent since: the queues differ by one
    send({ generationTokens: 1 });
    expect(loadOf(empty)).toEqual([1]);
    agenda.runUntil(200);
    for (let count = 0; count < 3; count++) {
      send({ generationTokens: 1 });
      agenda.runUntil(agenda.now() + 100);
    }
    expect(full.running()).toBe(1);
  });
});

describe('flow control', () => {
  it('holds requests while every server is saturated, and sends them in order of arrival', () => {
    const { agenda, router, send, engine, sent, endings } = stand({ flowControl: true });
    router.addServer('one', engine());
    for (let count = 0; count < 20; count++) send();
    // two may run and five may wait, and the router believes that all it has sent since its look wait
    expect(router.held()).toBe(14);
    agenda.runUntil(60);
    expect(router.held()).toBe(12);
    agenda.runUntil(60_000);
    expect(endings()).toEqual(Array.from({ length: 20 }, () => 'completed'));
    const firsts = sent.map(({ firstTokenAtMs = 0 }) => firstTokenAtMs);
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  });

  it('does not hold while one server has room', () => {
    const { router, send, engine } = stand({ flowControl: true });
    router.addServer('one', engine());
    router.addServer('two', engine());
    for (let count = 0; count < 12; count++) send();
    expect(router.held()).toBe(0);
    send();
    expect(router.held()).toBe(1);
  });

  it('holds while KV use is above 0.8, however short the queue', () => {
    const { agenda, router, send, engine } = stand({ flowControl: true });
    router.addServer('one', engine());
    send({ promptTokens: 900, generationTokens: 100 });
    // 57 of 64 blocks once its four chunks are computed
    agenda.runUntil(200);
    send();
    expect(router.held()).toBe(1);
  });

  it('refuses what is held too long, or is too much', () => {
    const { agenda, router, send, engine, endings } = stand({ flowControl: true, holdAtMostMs: 500, mostHeld: 3 });
    router.addServer('one', engine({ baseMs: 1000 }));
    for (let count = 0; count < 10; count++) send();
    expect(endings()).toEqual(['refused']);
    agenda.runUntil(600);
    // one of the three was sent at the first poll: one ran by then, and five waited
    expect(endings()).toEqual(['refused', 'refused', 'refused']);
  });
});

describe('prefill and decode servers', () => {
  it('are paired when a request comes', () => {
    const { agenda, router, send, engine, endings } = stand();
    const [decode, prefill] = [engine({}, 'decode'), engine({}, 'prefill')];
    router.addServer('prefill', prefill);
    send();
    expect({ held: router.held(), ready: router.readyServers() }).toEqual({ held: 1, ready: 0 });
    router.addServer('decode', decode);
    expect({ prefilling: prefill.running(), expected: decode.expected() }).toEqual({ prefilling: 1, expected: 1 });
    agenda.runUntil(5000);
    expect(endings()).toEqual(['completed']);
    expect([prefill.meters.prefillTokensComputed, decode.meters.prefillTokensComputed]).toEqual([10, 1]);
  });

  it('count what a prefill server still works on for them', () => {
    const { router, send, engine } = stand();
    const decodes = [engine({}, 'decode'), engine({}, 'decode')];
    router.addServer('one', decodes[0] as ReturnType<typeof engine>);
    router.addServer('two', decodes[1] as ReturnType<typeof engine>);
    router.addServer('prefill', engine({}, 'prefill'));
    for (let count = 0; count < 6; count++) send();
    expect(decodes.map((decode) => decode.expected())).toEqual([3, 3]);
  });

  it('compute prompts themselves while no prefill server is ready', () => {
    const { agenda, router, send, engine, endings } = stand();
    const decode = engine({}, 'decode');
    router.addServer('decode', decode);
    send();
    agenda.runUntil(5000);
    expect(endings()).toEqual(['completed']);
    expect(decode.meters.prefillTokensComputed).toBe(10);
  });
});
