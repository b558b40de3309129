import { apiVersionOf, isKubernetesError, resources, type KubernetesClient } from '../kubernetes/index.ts';
import type { StatusUpdate } from '../model/index.ts';
import { mapLimited, type Clock, type Log } from '../runtime/index.ts';
import type { VariantAutoscaling, VariantAutoscalingStatus } from '../wire/index.ts';
import { gistOf, statusOf, type StatusParts } from './status.ts';

export interface StatusWriterOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  /** What the watch says of a resource, for the times of its conditions. */
  known(resource: StatusUpdate['resource']): VariantAutoscalingStatus | undefined;
  /** Told of each write that failed. */
  onError?(): void;
}

export interface StatusWriter {
  /**
   * Writes what is news at once, and what only measures again every half minute. Takes ten seconds at most: what is not written by then, or
   * when the signal ends it, is left to the next cycle. Never rejects because of the world.
   */
  write(updates: readonly Omit<StatusParts, 'before'>[], signal?: AbortSignal): Promise<void>;
}

const atOnce = 8;
/** Measured numbers change every cycle; written each time they would be most of what the API server stores. */
const refreshMs = 30_000;
/** An API server that answers nothing must not keep the next decision waiting. */
const patienceMs = 10_000;

/**
 * Writes status by server-side apply: what is no longer said goes, what others wrote into status stays, and no
 * read is needed before. The uid keeps it from landing on a namesake that was created since.
 */
export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { client, clock, log } = options;
  const written = new Map<string, { readonly status: VariantAutoscalingStatus; readonly gist: string; readonly atMs: number }>();

  async function writeOne(parts: Omit<StatusParts, 'before'>, signal: AbortSignal): Promise<void> {
    const { resource } = parts.update;
    const last = written.get(resource.uid);
    const known = options.known(resource);
    const nowMs = clock.now();
    const gist = gistOf(parts);
    // whoever else led meanwhile has said something else since
    const isOverwritten = known !== undefined && known.desiredOptimizedAlloc?.numReplicas !== last?.status.desiredOptimizedAlloc?.numReplicas;
    if (last?.gist === gist && nowMs - last.atMs < refreshMs && !isOverwritten) return;
    const status = statusOf({ ...parts, before: last?.status ?? known ?? {} }, nowMs);
    const body: VariantAutoscaling = {
      apiVersion: apiVersionOf(resources.variantAutoscalings),
      kind: resources.variantAutoscalings.kind,
      metadata: { name: resource.name, namespace: resource.namespace, uid: resource.uid },
      status,
    };
    try {
      await client.patch(resources.variantAutoscalings, resource.name, body, {
        type: 'apply',
        subresource: 'status',
        namespace: resource.namespace,
        fieldManager: 'wva',
        force: true,
        unread: true,
        signal,
      });
      written.set(resource.uid, { status, gist, atMs: nowMs });
    } catch (error) {
      // deleted, or replaced by a namesake, between look and act: there is nobody left to tell
      if (isKubernetesError(error, 404) || isKubernetesError(error, 409) || signal.aborted) return;
      options.onError?.();
      const why = error instanceof Error ? error.message : String(error);
      log.warn({ variant: resource.key, error: why }, `The status of VariantAutoscaling ${resource.key} could not be written; the decision stands, and the status is tried again in the next cycle.`);
    }
  }

  return {
    async write(updates, signal) {
      const limit = new AbortController();
      const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
      const cancel = clock.schedule(patienceMs, () => limit.abort(new Error('The statuses took too long.')));
      let finished = 0;
      try {
        await mapLimited(updates, atOnce, async (parts) => {
          if (either.aborted) return;
          await writeOne(parts, either);
          if (!either.aborted) finished++;
        });
      } finally {
        cancel();
      }
      if (limit.signal.aborted) {
        options.onError?.();
        log.warn({ statuses: updates.length - finished }, `${updates.length - finished} of ${updates.length} statuses were not written within ${patienceMs / 1000} s; the decisions stand, and the statuses are tried again in the next cycle.`);
      }
      const alive = new Set(updates.map(({ update }) => update.resource.uid));
      for (const uid of written.keys()) if (!alive.has(uid)) written.delete(uid);
    },
  };
}
