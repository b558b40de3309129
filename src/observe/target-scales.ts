import { isKubernetesError, type Scales } from '../kubernetes/index.ts';
import { targetKey } from '../model/index.ts';
import { mapLimited } from '../runtime/index.ts';
import type { Scale } from '../wire/index.ts';
import type { Declaration } from './annotated-scalers.ts';
import type { ClusterObjects, ScaleProblem } from './cluster-objects.ts';

const atOnce = 8;
/** Kinds whose objects are watched, `group/Kind`: their scale needs not be asked for. */
const watched = { 'apps/Deployment': 'deployments', 'apps/StatefulSet': 'statefulSets', 'leaderworkerset.x-k8s.io/LeaderWorkerSet': 'leaderWorkerSets' } as const;

type Watched = Pick<ClusterObjects, 'deployments' | 'statefulSets' | 'leaderWorkerSets'>;

/**
 * The scale subresource of every target that no watch has brought: other kinds, and objects that are not there, so
 * that the reason for that is known. A failure is a value.
 */
export async function readTargetScales(scales: Scales, declared: readonly Declaration[], known: Watched, signal: AbortSignal): Promise<ReadonlyMap<string, Scale | ScaleProblem>> {
  const names = new Map(Object.entries(watched).map(([kind, list]) => [kind, new Set(known[list].map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`))]));
  const asked = new Map<string, { apiVersion: string; kind: string; namespace: string; name: string }>();
  for (const { parsed } of declared) {
    if (!parsed.ok) continue;
    const { namespace } = parsed.value.metadata;
    const target = parsed.value.spec.scaleTargetRef;
    const group = target.apiVersion.includes('/') ? target.apiVersion.split('/')[0] : '';
    if (names.get(`${group}/${target.kind}`)?.has(`${namespace}/${target.name}`)) continue;
    asked.set(targetKey({ namespace, target }), { ...target, namespace });
  }
  const answers = new Map<string, Scale | ScaleProblem>();
  await mapLimited([...asked], atOnce, async ([key, target]) => {
    try {
      answers.set(key, await scales.read(target, signal));
    } catch (error) {
      answers.set(key, problemOf(error));
    }
  });
  return answers;
}

function problemOf(error: unknown): ScaleProblem {
  const detail = error instanceof Error ? error.message : String(error);
  if (isKubernetesError(error, 404, 'ResourceUnknown') || isKubernetesError(error, 404, 'NotScalable')) return { problem: 'KindUnknown', detail };
  if (isKubernetesError(error, 404)) return { problem: 'NotFound', detail };
  if (isKubernetesError(error, 403)) return { problem: 'Forbidden', detail };
  return { problem: 'NotYetKnown', detail };
}
