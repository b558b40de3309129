import { describe, expect, it } from 'vitest';
import type { TargetStats, TrafficStats } from '../../simulator/index.ts';
import type { FollowUp } from './follow-up.ts';
import { summarize, type Ending } from './summary.ts';

const traffic: TrafficStats = { modelID: 'm', namespace: 'llm', arrivals: 10, completions: 10, lost: 0, inFlight: 0, held: 0, offeredPerSecond: 0, overall: { ttftSeconds: { p50: 0.02, p90: 0.1, p99: 0.25 } } };
const target: TargetStats = {
  namespace: 'llm', name: 'decode', kind: 'Deployment', modelID: 'm', accelerator: 'A100',
  specReplicas: 1, readyReplicas: 1, startingReplicas: 0, drainingReplicas: 0, replicaHours: 0.5, cost: 2,
};
const followUp: FollowUp = { target: 'llm/decode', first: 1, highest: 4, changes: 2, followed: true };

function ending(over: { traffic?: Partial<TrafficStats>; followUp?: Partial<FollowUp> } = {}): Ending {
  return {
    seed: 's', durationMs: 90_000, cycles: 40, followUps: [{ ...followUp, ...over.followUp }],
    stats: { atMs: 0, traffic: [{ ...traffic, ...over.traffic }], targets: [target], cost: 2 },
  };
}

describe('the end of a demo', () => {
  it('is good when nothing was lost and the autoscaler followed', () => {
    const { problems, result, text } = summarize(ending());
    expect(problems).toEqual([]);
    expect(result).toEqual({
      bench: 'demo', seed: 's', seconds: 90, cycles: 40, requests: 10, completed: 10, lost: 0, inFlight: 0,
      highestDesired: { 'llm/decode': 4 }, followed: 1, ttftP99Ms: { m: 250 }, cost: 2, ok: true,
    });
    expect(text).toContain('20/250');
  });

  it.each<[string, Parameters<typeof ending>[0], string]>([
    ['a lost request', { traffic: { completions: 9, lost: 1 } }, '1 of 10 requests were lost.'],
    ['a request nobody knows of', { traffic: { completions: 8 } }, 'some are unaccounted for'],
    ['no request', { traffic: { arrivals: 0, completions: 0 } }, 'No request came.'],
    ['an autoscaler that never followed', { followUp: { followed: false } }, 'The HPA of llm/decode never followed.'],
    ['nothing to follow', { followUp: { followed: false, changes: 0 } }, 'No HPA followed any decision.'],
  ])('is not good with %s', (_, over, problem) => {
    const { problems, result } = summarize(ending(over));
    expect(problems.join(' ')).toContain(problem);
    expect(result['ok']).toBe(false);
  });
});
