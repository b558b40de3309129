import { isKubernetesError, resources, type KubernetesClient } from '../kubernetes/index.ts';
import type { DeletionCost } from '../model/index.ts';
import { mapLimited, type Clock, type Log } from '../runtime/index.ts';
import { deletionCostAnnotation } from '../wire/index.ts';

export interface DeletionCostWriter {
  /** Writes what pods are to cost when replicas are removed. Takes three seconds at most, and never rejects because of the world: without it any pod may go. */
  write(costs: readonly DeletionCost[], signal?: AbortSignal): Promise<void>;
}

const atOnce = 8;
/** The removal itself waits for it. */
const patienceMs = 3000;
/** Who may not write to pods is not asked again every cycle. */
const forbiddenMs = 600_000;

export function createDeletionCostWriter({ client, clock, log }: { readonly client: KubernetesClient; readonly clock: Clock; readonly log: Log }): DeletionCostWriter {
  let forbiddenUntilMs = -Infinity;
  let saidForbidden = false;

  async function writeOne({ namespace, pod, uid, cost }: DeletionCost, signal: AbortSignal): Promise<void> {
    if (clock.now() < forbiddenUntilMs || signal.aborted) return;
    try {
      // the uid keeps it from landing on a namesake
      await client.patch(resources.pods, pod, { metadata: { uid, annotations: { [deletionCostAnnotation]: String(cost) } } }, { type: 'merge', namespace, fieldManager: 'wva', unread: true, signal });
      saidForbidden = false;
    } catch (error) {
      if (isKubernetesError(error, 403)) {
        forbiddenUntilMs = clock.now() + forbiddenMs;
        if (!saidForbidden) log.warn({ pod: `${namespace}/${pod}`, error: error.message }, 'The policy wants busy pods spared when replicas are removed (podDeletionCost), and the controller may not write to pods; any of them may go. Apply deploy/pod-deletion-cost, or set podDeletionCost to false.');
        saidForbidden = true;
        return;
      }
      // gone or replaced meanwhile: there is nobody left to spare
      if (isKubernetesError(error, 404) || isKubernetesError(error, 409) || signal.aborted) return;
      log.warn({ pod: `${namespace}/${pod}`, error: error instanceof Error ? error.message : String(error) }, `The deletion cost of pod ${namespace}/${pod} could not be written; replicas are removed all the same, and it is tried again in the next cycle.`);
    }
  }

  return {
    async write(costs, signal) {
      if (costs.length === 0) return;
      const limit = new AbortController();
      const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
      const cancel = clock.schedule(patienceMs, () => limit.abort(new Error('The deletion costs took too long.')));
      await mapLimited(costs, atOnce, (one) => writeOne(one, either)).finally(cancel);
    },
  };
}
