import { describe, expect, it } from 'vitest';
import { scene } from '../../../test/support/lab/scenes.ts';
import { assertConserved } from './conservation.ts';
import { openTheatre } from './theatre.ts';
import type { Theatre } from './theatre.ts';

/** A run that is over; nothing was scaled. */
function played(): Theatre {
  const theatre = openTheatre({ scenario: scene({ scenario: { durationSeconds: 60 } }), seed: 1 });
  for (const { clients } of theatre.models) clients.start();
  theatre.agenda.runUntil(120_000);
  theatre.meters.settle();
  return theatre;
}

describe('what is asserted at the end of a run', () => {
  it('holds', () => {
    expect(() => assertConserved(played())).not.toThrow();
  });

  it('finds a request that never ended', () => {
    const theatre = played();
    theatre.models[0]?.ledger.arrive();
    expect(() => assertConserved(theatre)).toThrow(/some\/model: \d+ requests came and \d+ ended/);
  });

  it('finds requests that are still there', () => {
    const theatre = openTheatre({ scenario: scene({ scenario: { durationSeconds: 60 } }), seed: 1 });
    for (const { clients } of theatre.models) clients.start();
    theatre.agenda.runUntil(30_000);
    theatre.meters.settle();
    expect(() => assertConserved(theatre)).toThrow(/requests came and \d+ ended \([1-9]\d* are in flight\)/);
  });

  it('finds tokens that nobody got, and tokens that came from nowhere', () => {
    for (const tokens of [1, -1]) {
      const theatre = played();
      theatre.gone.generationTokens[0] = tokens;
      expect(() => assertConserved(theatre)).toThrow(/engines gave \d+ tokens, whole answers have \d+, and 0 answers broke off/);
    }
  });

  it('finds KV blocks that an idle engine keeps', () => {
    const theatre = played();
    const leaking = { ...theatre, enginesThere: (model: number) => theatre.enginesThere(model).map((engine) => ({ ...engine, kvUsedFraction: () => 0.01 })) };
    expect(() => assertConserved(leaking)).toThrow(/0.01 of an idle engine's KV blocks are not free/);
  });

  it('finds hours that are not those of the pods', () => {
    const theatre = played();
    const longer = { ...theatre, heldMsOfEnded: new Map([['0/v', 5000]]) };
    expect(() => assertConserved(longer)).toThrow(/0\/v: pods were there for 245000 ms, and the curve of their number has 240000 ms under it/);
  });
});
