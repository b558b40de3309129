import type { TargetBoard } from '../act/index.ts';
import { AssertionFailure } from '../base/index.ts';
import { seriesFromStatus } from '../decide/index.ts';
import { emptyMemory, modelKey, type CycleRecord, type Memory } from '../model/index.ts';
import type { ClusterCaches } from '../observe/index.ts';
import type { Clock, Log, Meters } from '../runtime/index.ts';
import { createComplaints } from './complaints.ts';
import { runCycle, type CycleRooms } from './cycle.ts';
import type { Look, Pace } from './pace.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import type { WakeWatch } from './wake-watch.ts';

export interface ControllerOptions extends CycleRooms {
  readonly caches: ClusterCaches;
  readonly board: TargetBoard;
  readonly pace: Pace;
  /** Hurries the pace while this instance leads. */
  readonly wakeWatch?: Pick<WakeWatch, 'hear' | 'run'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly policy: Pick<PolicyKeeper, 'current' | 'whenRead'>;
  /** Told of each whole cycle. */
  onCycle?(record: CycleRecord): void;
}

export interface Controller {
  /** Decides, cycle after cycle, until the signal ends it. */
  lead(signal: AbortSignal): Promise<void>;
  /** Shows what the leader wrote to status, until the signal ends it or this instance leads. */
  standBy(signal: AbortSignal): Promise<void>;
  leading(): boolean;
}

/** A follower shows the leader's word at most so long after the leader wrote it. */
const followMs = 1000;
/** A follower whose watches have been silent for so long knows nothing any more. */
const deafMs = 60_000;

export function createController(options: ControllerOptions): Controller {
  const { caches, board, pace, clock, log, meters, observer } = options;
  const complaints = createComplaints(log);
  let leading = false;

  async function showStatus(signal: AbortSignal): Promise<void> {
    const { variants } = await observer.snapshot(signal);
    board.showStatus(seriesFromStatus(variants, options.policy.current()), clock.now());
  }

  async function cycle(memory: Memory, look: Look, signal: AbortSignal): Promise<Memory> {
    const startedMs = clock.now();
    let status = 'error';
    let before = memory;
    const remembered = async (looking: Promise<unknown>): Promise<Memory> => (look === 'hasty' ? before : (before = await hastyCycles(looking, before, signal)));
    try {
      const { record, memory: next } = await runCycle(options, options.policy.current(), remembered, signal, look);
      tell(record);
      status = 'success';
      return next;
    } catch (error) {
      if (signal.aborted || error instanceof AssertionFailure) throw error;
      meters.count('wva_errors_total', { component: 'controller', error_type: 'cycle' });
      log.error({ err: error }, 'A cycle was not finished; what was decided before stays, and the next cycle begins as usual.');
      return before;
    } finally {
      meters.observe('wva_optimization_duration_seconds', { status }, (clock.now() - startedMs) / 1000);
    }
  }

  /** While a whole look is under way: who waits for a first replica must not wait for the slowest of those that are asked. */
  async function hastyCycles(looking: Promise<unknown>, memory: Memory, signal: AbortSignal): Promise<Memory> {
    for (let before = memory; ; ) {
      const over = new AbortController();
      const haste = pace.haste(AbortSignal.any([signal, over.signal])).then(() => true, () => false);
      const isHasty = await Promise.race([looking.then(() => false), haste]);
      over.abort(new Error('The look is over.'));
      if (!isHasty) {
        // it may have come in the very moment in which the look was over
        void haste.then((came) => came && pace.hurry());
        return before;
      }
      before = await cycle(before, 'hasty', signal);
    }
  }

  function tell(record: CycleRecord): void {
    const { observation, decisions } = record;
    complaints.hear(observation.problems);
    meters.set('wva_models_processed', {}, new Set(decisions.map(({ variant }) => modelKey(variant))).size);
    meters.set('wva_last_cycle_timestamp_seconds', {}, clock.now() / 1000);
    meters.clear('wva_metrics_pods_discovered');
    const reporting = new Map<string, number>();
    for (const { variant, replicas } of observation.variants) {
      const count = replicas.filter(({ readings }) => readings.running.kind !== 'missing').length;
      reporting.set(variant.namespace, (reporting.get(variant.namespace) ?? 0) + count);
    }
    for (const [namespace, count] of reporting) meters.set('wva_metrics_pods_discovered', { namespace }, count);
    for (const { variant, current, desired, previous, reason, trail } of decisions) {
      if (desired === previous) continue;
      log.info({ variant: variant.key, current, previous, desired, reason, trail: trail.map(({ sentence }) => sentence) }, `${variant.key}: ${previous ?? 'undecided'} -> ${desired ?? 'undecided'} ${reason}.`);
    }
    options.wakeWatch?.hear(record);
    options.onCycle?.(record);
  }

  async function decideOn(signal: AbortSignal): Promise<never> {
    // what this instance remembers is from before somebody else led: status knows better
    let memory = emptyMemory;
    for (;;) {
      const look = await pace.nextCycle(signal);
      memory = await cycle(memory, look, signal);
    }
  }

  return {
    leading: () => leading,
    async lead(signal) {
      try {
        await caches.whenSynced(signal);
        await showStatus(signal);
        // by the built-in policy a first decision could give back what the operator's own has just taken away
        await options.policy.whenRead(signal);
        leading = true;
        meters.set('wva_leader', {}, 1);
        await Promise.all([decideOn(signal), options.wakeWatch?.run(signal)]);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        leading = false;
        meters.set('wva_leader', {}, 0);
      }
    },
    async standBy(signal) {
      meters.set('wva_leader', {}, 0);
      try {
        await caches.whenSynced(signal);
        let heardMs = clock.now();
        for (;;) {
          if (caches.current()) heardMs = clock.now();
          if (!leading) {
            if (clock.now() - heardMs > deafMs) board.clear();
            else await showStatus(signal);
          }
          await clock.sleep(followMs, signal);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
