import { describe, expect, it } from 'vitest';
import { scene } from '../../../test/support/lab/scenes.ts';
import { openTheatre } from './theatre.ts';

describe('clients', () => {
  it('give up when their time is over, to the millisecond, and what they held is free', () => {
    // a replica that takes an hour for each answer
    const faults = [{ kind: 'slow' as const, atSeconds: 0, variant: 'v', factor: 5000 }];
    const theatre = openTheatre({ scenario: scene({ ratePerSecond: 3, variant: { initialReplicas: 1 }, model: { timeoutSeconds: 30 }, scenario: { faults, durationSeconds: 120 } }), seed: 1 });
    const waited = new Set<number>();
    theatre.onOutcome((_, outcome, request) => waited.add(Math.round(outcome.atMs - request.arrivedAtMs)));
    for (const { clients } of theatre.models) clients.start();
    theatre.agenda.runUntil(100_000);
    expect(theatre.models[0]?.clients.inFlight()).toBeGreaterThan(60);
    theatre.agenda.runUntil(200_000);
    expect([...waited]).toEqual([30_000]);
    expect(theatre.models[0]?.clients.inFlight()).toBe(0);
    expect(theatre.models[0]?.ledger).toMatchObject({ completed: 0, refused: 0, lost: 0 });
    expect(theatre.enginesThere(0).map((engine) => [engine.running(), engine.waiting(), engine.kvUsedFraction()])).toEqual([[0, 0, 0]]);
  });

  it('know how many came in the last minute', () => {
    const stages = [{ seconds: 100, ratePerSecond: 2 }, { seconds: 100, ratePerSecond: 8 }, { seconds: 100, ratePerSecond: 0 }];
    const traffic = [{ kind: 'stages' as const, stages, arrivals: 'even' as const, prompt: { mean: 10 }, output: { mean: 10 } }];
    const { models, agenda } = openTheatre({ scenario: scene({ model: { traffic }, scenario: { durationSeconds: 300 } }), seed: 1 });
    for (const { clients } of models) clients.start();
    // a single one may lie on the edge of the window
    const rates = [10, 99, 130, 199, 230, 299].map((seconds) => {
      agenda.runUntil(seconds * 1000);
      return models[0]?.clients.recentRate() ?? 0;
    });
    for (const [index, wanted] of [2, 2, 5, 8, 4, 0].entries()) expect(Math.abs((rates[index] ?? 0) - wanted)).toBeLessThanOrEqual((index === 0 ? 1 / 10 : 1 / 60) + 1e-9);
  });
});
