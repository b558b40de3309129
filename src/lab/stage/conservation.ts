import { assert, sum } from '../../base/index.ts';
import { tokensOut } from './scores.ts';
import { heldMs } from './theatre.ts';
import type { Theatre } from './theatre.ts';

/**
 * What has to be true at the end of every run, whatever the policy did: every request ended exactly once, tokens that went out are those of
 * the answers, KV blocks are free where nothing runs, and pods cost as long as they were there.
 * @throws AssertionError when the simulator lost or made something.
 */
export function assertConserved(theatre: Theatre): void {
  const { models, scenario, variants, fleet, meters } = theatre;
  for (const { index, ledger, clients } of models) {
    const id = scenario.models[index]?.id ?? '';
    const ended = ledger.completed + ledger.lost + ledger.refused + ledger.timedOut;
    assert(ledger.arrived === ended && clients.inFlight() === 0, `${id}: ${ledger.arrived} requests came and ${ended} ended (${clients.inFlight()} are in flight).`);
    assertTokens(theatre, index, id);
    for (const engine of theatre.enginesThere(index)) {
      assert(engine.running() + engine.waiting() === 0, `${id}: an engine still has requests after all of them ended.`);
      assert(engine.kvUsedFraction() === 0, `${id}: ${engine.kvUsedFraction()} of an idle engine's KV blocks are not free.`);
    }
  }
  for (const { key } of variants) {
    const ofPods = (theatre.heldMsOfEnded.get(key) ?? 0) + sum(fleet.pods(key).map((pod) => heldMs(pod, theatre.agenda.now())));
    const underCurve = meters.heldMs.get(key) ?? 0;
    assert(Math.abs(ofPods - underCurve) <= 1e-6 * Math.max(1, underCurve) + 1, `${key}: pods were there for ${ofPods} ms, and the curve of their number has ${underCurve} ms under it.`);
  }
}

function assertTokens(theatre: Theatre, index: number, id: string): void {
  const { ledger } = theatre.models[index] as Theatre['models'][number];
  const out = tokensOut(theatre, index);
  const failed = ledger.lost + ledger.timedOut;
  assert(
    failed === 0 ? out === ledger.completedTokens : out >= ledger.completedTokens,
    `${id}: engines gave ${out} tokens, whole answers have ${ledger.completedTokens}, and ${failed} answers broke off.`,
  );
}
