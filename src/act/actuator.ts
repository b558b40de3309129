import { apiVersionOf, resources, type EventRecorder, type Scales } from '../kubernetes/index.ts';
import type { Emission, ExternalMetricsOwner, Observation } from '../model/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { actuationOf } from './actuation.ts';
import type { DeletionCostWriter } from './deletion-costs.ts';
import type { DecisionKeeper } from './decision-keeper.ts';
import { writeScales } from './scale-writer.ts';
import type { StatusWriter } from './status-writer.ts';
import type { TargetBoard } from './target-board.ts';

export interface ActuatorOptions {
  readonly board: TargetBoard;
  readonly scales: Scales;
  readonly statuses: StatusWriter;
  readonly keeper: DecisionKeeper;
  readonly deletionCosts: DeletionCostWriter;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  externalMetricsOwner(): ExternalMetricsOwner;
  /** Whether /metrics shows the replica series. */
  readonly servesSeries: boolean;
}

export interface Actuator {
  /** Carries out all of an emission. Series come first: nothing that the API server does can delay them. The signal ends what is under way. */
  perform(emission: Emission, observation: Observation, signal?: AbortSignal): Promise<void>;
}

/** For all scales together: an API server that answers nothing must not keep the next decision waiting. */
const scalePatienceMs = 10_000;

export function createActuator(options: ActuatorOptions): Actuator {
  const { board, scales, statuses, keeper, deletionCosts, events, clock, log } = options;
  return {
    async perform(emission, observation, signal) {
      board.showDecisions(emission, clock.now());
      // before the scales: a ReplicaSet removes at once, and looks at the costs of that moment
      await deletionCosts.write(emission.deletionCosts ?? [], signal);
      const limit = new AbortController();
      const cancel = clock.schedule(scalePatienceMs, () => limit.abort(new Error('The scales took too long.')));
      const outcomes = await writeScales(scales, emission.scales, log, signal ? AbortSignal.any([signal, limit.signal]) : limit.signal).finally(cancel);
      const owner = options.externalMetricsOwner();
      const seen = new Map(observation.variants.map((variant) => [variant.variant.key, variant]));
      const written = statuses.write(
        emission.statuses.map((update) => {
          const { key } = update.resource;
          const variant = seen.get(key);
          const target = variant?.targetState;
          const actuation = actuationOf(update, {
            owner,
            servesSeries: options.servesSeries,
            scale: outcomes.get(key),
            scaledBy: target?.kind === 'found' ? target.scaledBy : undefined,
            suppressedBy: variant?.suppressedBy,
          });
          const conflict = observation.conflicts.find(({ winner, losers }) => winner === key || losers.includes(key));
          return { update, actuation, conflict };
        }),
        signal,
      );
      await Promise.all([written, keeper.keep(emission.kept ?? [], signal)]);
      for (const { resource, type, reason, message } of emission.events) {
        const { namespace, name, uid, scaler } = resource;
        const { apiVersion, kind } = scaler ?? { apiVersion: apiVersionOf(resources.variantAutoscalings), kind: resources.variantAutoscalings.kind };
        const regarding = { apiVersion, kind, namespace, name, uid };
        events.record({ regarding, type, reason, action: 'Decide', note: message });
      }
    },
  };
}
