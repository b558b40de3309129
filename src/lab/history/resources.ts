import { parseAllDocuments, LineCounter } from 'yaml';
import { noObjects, type ClusterObjects, type ScaledObject } from '../../observe/index.ts';
import type { HorizontalPodAutoscaler, KubernetesObject, Node, Pod, VariantAutoscaling, Workload } from '../../wire/index.ts';

/** A file of resources that cannot be used, with everything that is wrong with it. */
export class ResourcesError extends Error {
  override readonly name = 'ResourcesError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used: ${problems.join(' ')}`);
    this.problems = problems;
  }
}

const lists: Readonly<Record<string, Exclude<keyof ClusterObjects, 'otherScales'>>> = {
  VariantAutoscaling: 'variantAutoscalings',
  Deployment: 'deployments',
  StatefulSet: 'statefulSets',
  LeaderWorkerSet: 'leaderWorkerSets',
  Node: 'nodes',
  HorizontalPodAutoscaler: 'horizontalPodAutoscalers',
  ScaledObject: 'scaledObjects',
};

/**
 * Reads what `kubectl get variantautoscalings,deployments,hpa,nodes -A -o yaml` prints: lists or single objects, in YAML or JSON, one or
 * several documents. Kinds that are of no use here are passed over.
 * @throws {ResourcesError} with file and line of everything that is wrong.
 */
export function readResources(text: string, file: string): ClusterObjects {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  const problems: string[] = [];
  const found: KubernetesObject[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const error of document.errors) problems.push(`Line ${lines.linePos(error.pos[0]).line}: ${(error.message.split('\n')[0] ?? '').replace(/:$/, '')}.`);
    if (document.errors.length > 0) continue;
    const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
    found.push(...objectsOf(document.toJS() as unknown, line, problems));
  }
  const objects = {
    ...noObjects,
    ...Object.fromEntries(Object.entries(lists).map(([kind, list]) => [list, found.filter((object) => object.kind === kind)])),
  } as ClusterObjects & Record<string, (VariantAutoscaling | Workload | Node | Pod | HorizontalPodAutoscaler | ScaledObject)[]>;
  if (problems.length === 0 && objects.variantAutoscalings.length === 0) problems.push(`No VariantAutoscaling is in it, and at least one was expected: kubectl get variantautoscalings -A -o yaml prints them.`);
  if (problems.length > 0) throw new ResourcesError(file, problems);
  return objects;
}

function objectsOf(value: unknown, line: number, problems: string[]): KubernetesObject[] {
  if (value === null || value === undefined) return [];
  if (!isObject(value) || !('kind' in value)) {
    problems.push(`Line ${line}: a Kubernetes object with kind and metadata was expected.`);
    return [];
  }
  const { kind, items } = value as { kind: unknown; items?: unknown };
  if (Array.isArray(items)) {
    // an API server leaves out of items what the list says of all of them
    const each = typeof kind === 'string' && kind !== 'List' ? kind.replace(/List$/, '') : undefined;
    return items.flatMap((item: unknown) => objectsOf(each !== undefined && isObject(item) ? { kind: each, ...item } : item, line, problems));
  }
  const object = value as KubernetesObject;
  if (typeof kind === 'string' && kind in lists && (object.metadata?.name === undefined || (kind !== 'Node' && object.metadata.namespace === undefined))) {
    problems.push(`Line ${line}: a ${kind} without metadata.name or metadata.namespace.`);
    return [];
  }
  return [object];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
