import { apiVersionOf, isKubernetesError, resources, type KubernetesClient } from '../kubernetes/index.ts';
import type { StatusUpdate } from '../model/index.ts';
import { mapLimited, type Clock, type Log } from '../runtime/index.ts';
import type { VariantAutoscaling, VariantAutoscalingStatus } from '../wire/index.ts';
import { saysTheSame, statusOf, type StatusParts } from './status.ts';

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
  /** Writes what is news at once, and what only measures again every half minute. Never rejects because of the world. */
  write(updates: readonly Omit<StatusParts, 'before'>[]): Promise<void>;
}

const atOnce = 8;
/** Measured numbers change every cycle; written each time they would be most of what the API server stores. */
const refreshMs = 30_000;

/**
 * Writes status by server-side apply: what is no longer said goes, what others wrote into status stays, and no
 * read is needed before. The uid keeps it from landing on a namesake that was created since.
 */
export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { client, clock, log } = options;
  const written = new Map<string, { readonly status: VariantAutoscalingStatus; readonly atMs: number }>();

  async function writeOne(parts: Omit<StatusParts, 'before'>): Promise<void> {
    const { resource } = parts.update;
    const last = written.get(resource.uid);
    const nowMs = clock.now();
    const status = statusOf({ ...parts, before: last?.status ?? options.known(resource) ?? {} }, nowMs);
    if (last && saysTheSame(last.status, status) && nowMs - last.atMs < refreshMs) return;
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
      });
      written.set(resource.uid, { status, atMs: nowMs });
    } catch (error) {
      // deleted, or replaced by a namesake, between look and act: there is nobody left to tell
      if (isKubernetesError(error, 404) || isKubernetesError(error, 409)) return;
      options.onError?.();
      const why = error instanceof Error ? error.message : String(error);
      log.warn({ variant: resource.key, error: why }, `The status of VariantAutoscaling ${resource.key} could not be written; the decision stands, and the status is tried again in the next cycle.`);
    }
  }

  return {
    async write(updates) {
      await mapLimited(updates, atOnce, writeOne);
      const alive = new Set(updates.map(({ update }) => update.resource.uid));
      for (const uid of written.keys()) if (!alive.has(uid)) written.delete(uid);
    },
  };
}
