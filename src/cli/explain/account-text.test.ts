import { expect, it } from 'vitest';
import { sceneOf } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, missing, type Decision, type Policy, type ReplicaObservation, type VariantAccount, type VariantObservation } from '../../model/index.ts';
import { accountText } from './account-text.ts';
import { policyLines } from './policy-lines.ts';
import { wordsFor } from './quantities.ts';

const atMs = Date.UTC(2026, 0, 31, 8, 15);

/** One variant of two, seen with a fresh, an old and a starting replica; what was decided is written here and by no engine. */
function account(more: Partial<Decision> = {}): VariantAccount {
  const { variants } = sceneOf(
    [
      {
        name: 'chat-a100', namespace: 'serving', model: 'org/chat-8b', cost: 8, min: 1, max: 6,
        replicas: [{ kv: 0.75, queue: 3, running: 41, capacity: 90_000, ageMs: 4000 }, { kv: 0.5, queue: 0, ageMs: 90_000 }, { state: 'starting', podAgeMs: 45_000 }],
        lastDesired: { replicas: 3, atMs: atMs - 60_000, accelerator: 'A100' },
      },
      { name: 'chat-h100', namespace: 'serving', model: 'org/chat-8b', accelerator: 'H100', cost: 12, replicas: [{ kv: 0.6, queue: 0 }] },
    ],
    atMs,
  );
  const [seen, other] = variants as [VariantObservation, VariantObservation];
  const decision: Decision = {
    variant: seen.variant,
    current: 3,
    readyReplicas: 2,
    desired: 5,
    previous: 3,
    held: false,
    reason: 'ScaleUpLimited',
    trail: [
      { from: 3, to: 7, reason: 'Demand', sentence: 'The load calls for 4 more (mean KV use 0.75, 3 waiting per replica, 1 of 2 saturated).' },
      { from: 7, to: 6, reason: 'LoweredToMaxReplicas', sentence: 'maxReplicas is 6.' },
      { from: 6, to: 5, reason: 'ScaleUpLimited', sentence: 'A decision adds 2 at most.' },
    ],
    conditions: [{ type: 'Ready', status: 'True', reason: 'Deciding', message: '5 replicas desired, 3 there (ScaleUpLimited).' }],
    load: {},
    ...more,
  };
  const beside: Decision = { ...decision, variant: other.variant, current: 1, readyReplicas: 1, desired: 1, reason: 'Steady', trail: [] };
  return {
    variant: seen.variant.key,
    decisions: [
      { atMs, from: 3, to: 5, current: 3, held: false, reason: 'ScaleUpLimited', trail: decision.trail },
      { atMs: atMs - 300_000, from: 2, to: 3, current: 2, held: false, reason: 'Demand', trail: [{ from: 2, to: 3, reason: 'Demand', sentence: 'The load calls for 1 more.' }] },
    ],
    account: { atMs, decision, seen, policy: defaultPolicy, others: [beside], problems: [{ source: 'scrape', about: 'serving/chat-a100-1', message: 'The pod did not answer within 3 s.' }] },
  };
}

it('says everything that a decision was made from, in order', () => {
  expect(accountText(account(), 'This is from yesterday.').join('\n')).toMatchInlineSnapshot(`
    "serving/chat-a100 at 2026-01-31 08:15:00Z: 5 replicas desired, 3 before, 3 there, 2 ready (ScaleUpLimited).
    This is from yesterday.

    How the number came about
      3 replicas there.
      3 -> 7 Demand: The load calls for 4 more (mean KV use 0.75, 3 waiting per replica, 1 of 2 saturated).
      7 -> 6 LoweredToMaxReplicas: maxReplicas is 6.
      6 -> 5 ScaleUpLimited: A decision adds 2 at most.
      5 replicas desired.

    What it costs
      40.00 an hour for 5 replicas; what is there costs 24.00.

    What it is
      org/chat-8b on A100 (vllm, prefill and decode), 8.00 an hour for a replica.
      Deployment chat-a100-decode, 1 to 6 replicas; decisions take effect, as a metric that an autoscaler follows.

    What was seen
      The target asks for 3 replicas, 3 of this variant; no autoscaler targets it.
      3 pods: 2 ready, 1 starting, 0 without a node, 0 ending.
      Status said 3 replicas on A100, of 2026-01-31 08:14:00Z.

    The other variants of the model
      variant            on    an hour  there  ready  desired  why
      serving/chat-h100  H100    12.00      1      1        1  Steady

    What is said of it
      Ready is True (Deciding): 5 replicas desired, 3 there (ScaleUpLimited).

    What could not be seen
      scrape, serving/chat-a100-1: The pod did not answer within 3 s.

    Before that
      2026-01-31 08:10:00Z 2 -> 3 Demand: The load calls for 1 more.

    By which policy
      As built in: analyzer learned, slo.attainment 0.99, kvCacheThreshold 0.8, queueLengthThreshold 5, kvSpareTrigger 0.1,
        queueSpareTrigger 3, scaleUpThreshold 0.85, scaleDownBoundary 0.7, priority 1, limitToInventory false, reclaim false, mode act,
        no schedule, scaleToZero.enabled false, scaleToZero.retention 10m, forecast true, staleAfter 1m, scaleDownStabilization 2m,
        pendingExpiry 10m, unschedulableExpiry 2m, scaleDownMaxFraction 0.25, scaleUpMaxFactor 2, scaleDownMargin 0.15,
        podDeletionCost false.
      Nobody says: slo.ttft, slo.itl, startup.

    Each pod
      chat-a100-0: ready
        fresh, 4 s old: running 41, waiting 3, KV used 75 %, KV capacity 90000 tokens
        missing (NotReported): arrivals, recent arrivals, completions, prompt tokens, generation tokens, mean prompt, mean generation,
          TTFT, ITL, e2e, queue, prefix hit, preemptions, asleep
      chat-a100-1: ready
        stale, 90 s old: waiting 0, KV used 50 %
        missing (NotReported): running, KV capacity, arrivals, recent arrivals, completions, prompt tokens, generation tokens,
          mean prompt, mean generation, TTFT, ITL, e2e, queue, prefix hit, preemptions, asleep
      chat-a100-2: starting for 45 s
        every reading is missing (NotReported)"
  `);
});

it('tells the policy by who said what, each field as one would write it', () => {
  const policy: Policy = {
    ...defaultPolicy,
    slo: { ttftSeconds: 0.5, attainment: 0.99 },
    priority: 3,
    schedule: [{ name: 'day', days: ['Mon', 'Tue'], fromMinute: 480, toMinute: 1080, timeZone: 'Europe/Berlin', minReplicas: 3 }],
  };
  expect(policyLines(policy, { priority: 3 }).join('\n')).toMatchInlineSnapshot(`
    "  Said by the resource: priority 3.
      Configured otherwise than built in: slo.ttft 500ms, schedule day (Mon,Tue 08:00-18:00 Europe/Berlin) at least 3.
      As built in: analyzer learned, slo.attainment 0.99, kvCacheThreshold 0.8, queueLengthThreshold 5, kvSpareTrigger 0.1,
        queueSpareTrigger 3, scaleUpThreshold 0.85, scaleDownBoundary 0.7, limitToInventory false, reclaim false, mode act,
        scaleToZero.enabled false, scaleToZero.retention 10m, forecast true, staleAfter 1m, scaleDownStabilization 2m,
        pendingExpiry 10m, unschedulableExpiry 2m, scaleDownMaxFraction 0.25, scaleUpMaxFactor 2, scaleDownMargin 0.15,
        podDeletionCost false.
      Nobody says: slo.itl, startup."
  `);
});

it('says once what several readings lack, and why a pod has no node', () => {
  const known = account();
  const [first, second, third] = known.account.seen.replicas as [ReplicaObservation, ReplicaObservation, ReplicaObservation];
  const lacks = missing('NoPriorSample', 'A rate needs two samples, and this is the first.');
  const replicas: ReplicaObservation[] = [
    { ...first, scheduledAtMs: atMs - 95_000, readings: { ...first.readings, arrivalsPerSecond: lacks, completionsPerSecond: lacks } },
    { ...second, readings: Object.fromEntries(Object.keys(second.readings).map((name) => [name, lacks])) as unknown as ReplicaObservation['readings'] },
    { ...third, scheduled: false, unschedulable: { sinceMs: atMs - 40_000, message: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.' } },
  ];
  const text = accountText({ ...known, account: { ...known.account, seen: { ...known.account.seen, replicas } } }).join('\n');
  expect(/Each pod\n([^]*)$/.exec(text)?.[1]).toMatchInlineSnapshot(`
    "  chat-a100-0: ready, on its node for 95 s
        fresh, 4 s old: running 41, waiting 3, KV used 75 %, KV capacity 90000 tokens
        missing (NoPriorSample): arrivals, completions. A rate needs two samples, and this is the first.
        missing (NotReported): recent arrivals, prompt tokens, generation tokens, mean prompt, mean generation, TTFT, ITL, e2e, queue,
          prefix hit, preemptions, asleep
      chat-a100-1: ready
        every reading is missing (NoPriorSample): A rate needs two samples, and this is the first.
      chat-a100-2: without a node for 45 s
        The scheduler has found no node for 40 s: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.
        every reading is missing (NotReported)"
  `);
});

it('puts into words what the engine adds to a decision, whatever that is', () => {
  const basis = {
    capacity: { requestsPerSecond: 2.5, howLearned: 'measured', confidenceFraction: 0.8, startupMs: 95_000, kvCapacityTokens: 90_000, measuredAtMs: atMs - 1000 },
    need: { totalPerSecond: 9.25, demandPerSecond: 7, backlogPerSecond: 0.75, reservePerSecond: 1.5, router: missing('NotReported') },
    ttftTargetSeconds: 0.5,
    candidates: [
      { mix: '5 x A100', costPerHour: 40, chosen: true },
      { mix: '3 x A100, 1 x H100', costPerHour: 36.5, chosen: false, counts: { 'serving/chat-a100': 3, 'serving/chat-h100': 1 } },
    ],
    quotas: [],
    arrivals: { kind: 'fresh', value: 7.2, atMs: atMs - 2500 },
  };
  const text = accountText(account(basis as unknown as Partial<Decision>)).join('\n');
  expect(/What else it rests on\n([^]*?)\n\n/.exec(text)?.[1]).toMatchInlineSnapshot(`
    "  capacity
        requests 2.5/s
        how learned measured
        confidence 80 %
        startup 95 s
        KV capacity 90000 tokens
        measured at 2026-01-31 08:14:59Z
      need: total 9.25/s, demand 7/s, backlog 0.75/s, reserve 1.5/s, router missing (NotReported)
      TTFT target 500 ms
      candidates
        - mix 5 x A100, cost 40.00 an hour, chosen yes
        - mix 3 x A100, 1 x H100, cost 36.50 an hour, chosen no
            counts: serving/chat-a100 3, serving/chat-h100 1
      quotas none
      arrivals 7.2 (fresh, 2.5 s old)"
  `);
  expect(accountText(account()).join('\n')).not.toContain('rests on');
});

it('takes units from names, and keeps names that are none', () => {
  const words = (name: string, value: unknown): string => wordsFor(name, value, atMs).join('|');
  expect(words('kvUsedFraction', 0.444)).toBe('KV used 44.4 %');
  expect(words('itlSeconds', 0.0317)).toBe('ITL 31.7 ms');
  expect(words('stabilizationMs', 300_000)).toBe('stabilization 5 min');
  expect(words('podsShortSinceMs', atMs)).toBe('pods short since 2026-01-31 08:15:00Z');
  expect(words('serving/chat-a100', 3)).toBe('serving/chat-a100 3');
  expect(words('forecastAbstains', true)).toBe('forecast abstains yes');
  expect(words('horizons', [60, 120])).toBe('horizons 60, 120');
  expect(words('nothing', null)).toBe('nothing unknown');
});
