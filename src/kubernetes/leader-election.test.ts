import { describe, expect, it } from 'vitest';
import type { Lease } from '../wire/index.ts';
import { createManualClock, createRandom, silentLog, textResponse, type Clock, type HttpRequest, type HttpResponse, type ManualClock } from '../runtime/index.ts';
import { createKubernetesClient } from './client.ts';
import { runLeaderElection } from './leader-election.ts';

/** One Lease with optimistic locking, which is all that an election needs of an API server. */
function leaseServer() {
  let lease: Lease | undefined;
  let version = 0;
  const refuse = (code: number, reason: string): HttpResponse => textResponse(code, JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, details: { name: 'lead' } }));
  return {
    get lease() {
      return lease;
    },
    set lease(value) {
      lease = value && { ...value, metadata: { ...value.metadata, uid: 'u', resourceVersion: String(++version) } };
    },
    async handle(request: HttpRequest): Promise<HttpResponse> {
      const sent = request.body === undefined ? undefined : (JSON.parse(request.body as string) as Lease);
      if (request.method !== 'POST' && !lease) return refuse(404, 'NotFound');
      if (request.method === 'POST' && lease) return refuse(409, 'AlreadyExists');
      if (request.method === 'PUT' && sent?.metadata?.resourceVersion !== lease?.metadata?.resourceVersion) return refuse(409, 'Conflict');
      if (sent) this.lease = sent;
      return textResponse(200, JSON.stringify(lease));
    },
  };
}

interface Contender {
  /** Does it believe that it leads? */
  leads: boolean;
  readonly holders: (string | undefined)[];
  /** What its requests meet: as they are, lost on the way there, or on the way back. */
  network: 'good' | 'cut' | 'answers lost';
  readonly done: Promise<void>;
  stop(): void;
}

function contend(server: ReturnType<typeof leaseServer>, clock: Clock, identity: string, change: { skewMs?: number; linger?: () => Promise<void> } = {}): Contender {
  const ownClock: Clock = { ...clock, now: () => clock.now() + (change.skewMs ?? 0) };
  const stop = new AbortController();
  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    await clock.sleep(10);
    if (contender.network === 'cut') return new Promise(() => {});
    const answer = await server.handle(request);
    if (contender.network === 'answers lost') return new Promise(() => {});
    await clock.sleep(10);
    return answer;
  };
  const contender: Contender = {
    leads: false,
    holders: [],
    network: 'good',
    stop: () => stop.abort(),
    done: runLeaderElection({
      client: createKubernetesClient({ transport, baseUrl: 'http://k', clock: ownClock }),
      clock: ownClock,
      log: silentLog,
      random: createRandom(identity),
      identity,
      namespace: 'wva',
      leaseName: 'lead',
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2000,
      signal: stop.signal,
      async onLeading(signal) {
        contender.leads = true;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        await change.linger?.();
        contender.leads = false;
      },
      onChange: (holder) => contender.holders.push(holder),
    }),
  };
  return contender;
}

/** Moves time in small steps and holds at each that at most one leads. */
async function watchFor(clock: ManualClock, ms: number, contenders: readonly Contender[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await clock.advance(100);
    expect(contenders.filter((contender) => contender.leads).length).toBeLessThanOrEqual(1);
  }
}

async function stopAll(clock: ManualClock, contenders: readonly Contender[]): Promise<void> {
  for (const contender of contenders) contender.stop();
  await clock.advance(20_000);
  await Promise.all(contenders.map((contender) => contender.done));
}

describe('an election', () => {
  it('has one leader of three, for as long as it renews', async () => {
    const clock = createManualClock(1_700_000_000_000);
    const server = leaseServer();
    const all = ['a', 'b', 'c'].map((identity) => contend(server, clock, identity));
    await watchFor(clock, 300_000, all);
    const leader = all.findIndex((contender) => contender.leads);
    expect(leader).toBeGreaterThanOrEqual(0);
    const holder = ['a', 'b', 'c'][leader];
    expect(server.lease?.spec).toMatchObject({ holderIdentity: holder, leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(server.lease?.spec?.renewTime).toMatch(/^2023-11-14T22:1\d:\d\d\.\d{6}Z$/);
    for (const contender of all) expect(contender.holders).toEqual([holder]);
    await stopAll(clock, all);
  });

  it('hands over within a retry when the leader is stopped: the lease is released, after the work has ended', async () => {
    const clock = createManualClock(0);
    const server = leaseServer();
    const first = contend(server, clock, 'a', { linger: () => clock.sleep(3000) });
    await clock.advance(1000);
    const second = contend(server, clock, 'b');
    await watchFor(clock, 30_000, [first, second]);
    expect(first.leads).toBe(true);
    first.stop();
    await watchFor(clock, 2900, [first, second]);
    expect(server.lease?.spec?.holderIdentity).toBe('a');
    await watchFor(clock, 6000, [first, second]);
    expect(second.leads).toBe(true);
    expect(server.lease?.spec?.leaseTransitions).toBe(1);
    expect(second.holders.filter((holder) => holder !== undefined)).toEqual(['a', 'b']);
    await first.done;
    await stopAll(clock, [second]);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
  });

  it.each([
    ['cut off', 'cut'],
    ['heard, but hears no answers', 'answers lost'],
  ] as const)('takes leadership from a leader that is %s, after that one has given up by itself', async (_, network) => {
    const clock = createManualClock(0);
    const server = leaseServer();
    const first = contend(server, clock, 'a');
    await clock.advance(1000);
    const second = contend(server, clock, 'b');
    await watchFor(clock, 20_000, [first, second]);
    first.network = network;
    await watchFor(clock, 12_000, [first, second]);
    expect(first.leads).toBe(false);
    await watchFor(clock, 30_000, [first, second]);
    // one whose updates arrive keeps the lease by them, and leads nobody; when it is cut off for good it loses it
    first.network = 'cut';
    await watchFor(clock, 40_000, [first, second]);
    expect(second.leads).toBe(true);
    first.network = 'good';
    await watchFor(clock, 60_000, [first, second]);
    expect(second.leads).toBe(true);
    await stopAll(clock, [first, second]);
  });

  it.each([[-3_600_000], [3_600_000]])('does not care that a clock is %i ms off', async (skewMs) => {
    const clock = createManualClock(1_700_000_000_000);
    const server = leaseServer();
    const first = contend(server, clock, 'a');
    await clock.advance(1000);
    const second = contend(server, clock, 'b', { skewMs });
    await watchFor(clock, 60_000, [first, second]);
    expect(first.leads).toBe(true);
    first.network = 'cut';
    await watchFor(clock, 30_000, [first, second]);
    expect(second.leads).toBe(true);
    first.network = 'good';
    await watchFor(clock, 60_000, [first, second]);
    expect(second.leads).toBe(true);
    await stopAll(clock, [first, second]);
  });

  it('waits for the whole lease of a holder that it has only just seen, however old its renewal claims to be', async () => {
    const clock = createManualClock(1_700_000_000_000);
    const server = leaseServer();
    server.lease = { spec: { holderIdentity: 'gone', leaseDurationSeconds: 40, renewTime: '2001-01-01T00:00:00.000000Z', leaseTransitions: 6 } };
    const first = contend(server, clock, 'a');
    await watchFor(clock, 39_000, [first]);
    expect(first.leads).toBe(false);
    await watchFor(clock, 6000, [first]);
    expect(first.leads).toBe(true);
    expect(server.lease.spec?.leaseTransitions).toBe(7);
    await stopAll(clock, [first]);
  });

  it('ends for a leader whose lease was taken or deleted by hand: the one gives up at once, the other writes it anew', async () => {
    const clock = createManualClock(0);
    const server = leaseServer();
    const first = contend(server, clock, 'a');
    await watchFor(clock, 10_000, [first]);
    server.lease = undefined;
    await watchFor(clock, 5000, [first]);
    expect(first.leads).toBe(true);
    expect(server.lease).toMatchObject({ spec: { holderIdentity: 'a' } });
    server.lease = { spec: { holderIdentity: 'admin', leaseDurationSeconds: 15 } };
    await watchFor(clock, 2200, [first]);
    expect(first.leads).toBe(false);
    await watchFor(clock, 25_000, [first]);
    expect(first.leads).toBe(true);
    await stopAll(clock, [first]);
  });

  it('is left in peace when stopped while it waits, and rejects with what the work throws, the lease released', async () => {
    const clock = createManualClock(0);
    const server = leaseServer();
    const first = contend(server, clock, 'a', { linger: () => Promise.reject(new Error('our bug')) });
    await clock.advance(1000);
    const second = contend(server, clock, 'b');
    await clock.advance(10_000);
    second.stop();
    await clock.advance(5000);
    await second.done;
    expect(server.lease?.spec?.holderIdentity).toBe('a');
    first.stop();
    const failed = first.done.catch((error: unknown) => error);
    await clock.advance(5000);
    expect(await failed).toMatchObject({ message: 'our bug' });
    expect(server.lease?.spec?.holderIdentity).toBe('');
  });

  it('finds one leader after chaos, and never two in it', async () => {
    for (const seed of ['x', 'y', 'z']) {
      const clock = createManualClock(0);
      const random = createRandom(seed);
      const server = leaseServer();
      const all = ['a', 'b', 'c'].map((identity) => contend(server, clock, identity, { skewMs: random.integer(1_000_000) - 500_000 }));
      for (let turn = 0; turn < 40; turn++) {
        for (const contender of all) contender.network = (['good', 'good', 'cut', 'answers lost'] as const)[random.integer(4)] ?? 'good';
        await watchFor(clock, 1000 + random.integer(20) * 1000, all);
      }
      for (const contender of all) contender.network = 'good';
      await watchFor(clock, 60_000, all);
      expect(all.filter((contender) => contender.leads)).toHaveLength(1);
      await stopAll(clock, all);
    }
  });
});
