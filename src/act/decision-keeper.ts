import { apiVersionOf, resources, type KubernetesClient } from '../kubernetes/index.ts';
import { writeKeptDecisions, type KeptDecision } from '../model/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import type { ConfigMap } from '../wire/index.ts';

export interface DecisionKeeperOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  /** The ConfigMap. */
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** What the watch says that the ConfigMap holds; `undefined` where there is none. */
  known(): string | undefined;
}

export interface DecisionKeeper {
  /** Writes decisions that have no status, if they are others than are written. Never rejects because of the world. */
  keep(decisions: readonly KeptDecision[], signal?: AbortSignal): Promise<void>;
}

/** The ConfigMap in the controller's namespace. */
export const keptDecisionsName = 'wva-kept-decisions';

/** The key of the ConfigMap under which the decisions stand: several controllers in one namespace have one each. */
export function keptDecisionsKey(controllerInstance: string | undefined): string {
  return controllerInstance === undefined ? 'decisions' : `decisions.${controllerInstance}`;
}

/** An API server that answers nothing must not keep statuses and the next decision waiting. */
const patienceMs = 5000;

/**
 * Keeps decisions about annotated autoscalers in a ConfigMap of the controller's own namespace: what status is to a
 * resource. Instances that do not lead show them, and one that begins to lead goes on from them.
 */
export function createDecisionKeeper(options: DecisionKeeperOptions): DecisionKeeper {
  const { client, clock, log, namespace, name, key } = options;
  let failure: string | undefined;

  return {
    async keep(decisions, signal) {
      const text = writeKeptDecisions(decisions);
      if (text === (options.known() ?? '')) return;
      const limit = new AbortController();
      const cancel = clock.schedule(patienceMs, () => limit.abort(new Error('Keeping the decisions took too long.')));
      const body: ConfigMap = {
        apiVersion: apiVersionOf(resources.configMaps),
        kind: resources.configMaps.kind,
        metadata: { name, namespace },
        data: { [key]: text },
      };
      try {
        await client.patch(resources.configMaps, name, body, { type: 'apply', namespace, fieldManager: `wva-${key}`, force: true, signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal });
        if (failure !== undefined) log.info({ configMap: `${namespace}/${name}` }, `Decisions about annotated autoscalers are kept in ConfigMap ${namespace}/${name} again.`);
        failure = undefined;
      } catch (error) {
        if (signal?.aborted) return;
        const why = error instanceof Error ? error.message : String(error);
        if (why !== failure) {
          log.warn(
            { configMap: `${namespace}/${name}`, error: why },
            `Decisions about annotated autoscalers could not be kept in ConfigMap ${namespace}/${name}: they stand, instances that do not lead do not know them, and it is tried again every cycle.`,
          );
        }
        failure = why;
      } finally {
        cancel();
      }
    },
  };
}
