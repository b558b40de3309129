import type { ReplicaRequest } from '../model/index.ts';
import { parseQuantity, type Container, type Node, type NodeSelectorTerm, type PodSpec } from '../wire/index.ts';

/** Node labels that name the product, of every vendor and, for GKE, of the cloud; in the order in which they are asked. */
export const productLabels = [
  'amd.com/gpu.product',
  'amd.com/gpu.product-name',
  'cloud.google.com/gke-accelerator',
  'gpu.intel.com/product',
  'habana.ai/product.name',
  'intel.com/gpu.product',
  'nvidia.com/gpu.product',
] as const;

/** Extended resources of which one unit is one accelerator. MIG slices (`nvidia.com/mig-…`) count too. */
const acceleratorResources = new Set([
  'amd.com/gpu',
  'gpu.intel.com/i915',
  'gpu.intel.com/xe',
  'habana.ai/gaudi',
  'intel.com/gpu',
  'nvidia.com/gpu',
]);

// words of product names that do not tell one accelerator from another: makers, boards and sockets
const noise = new Set(
  'nvidia amd intel habana tesla instinct geforce quadro radeon data center graphics generation hgx dgx pcie sxm sxm2 sxm3 sxm4 sxm5 oam nvl mega pro'.split(' '),
);
const memory = /^(?:\d+g(?:b|ib)?|hbm\d\w?)$/;
// families whose name is only complete with the word that follows
const families = new Set(['gaudi', 'max', 'rtx', 'flex', 'arc']);

function words(product: string): string[] {
  return product.replace(/gaudi(\d)/i, 'gaudi-$1').split(/[-_/\s]+/).filter((word) => word !== '');
}

/**
 * The short name that people use for a product as a node label names it: `NVIDIA-A100-PCIE-80GB` is `A100`,
 * `AMD-MI300X-192G` is `MI300X`, `Intel-Gaudi-2-96GB` is `Gaudi-2`, `nvidia-tesla-t4` is `T4`. A MIG slice stays
 * a thing of its own: `A100-MIG-1g.5gb`. What is not understood is returned trimmed.
 */
export function normalizeAccelerator(product: string): string {
  const all = words(product);
  const mig = all.findIndex((word) => word.toLowerCase() === 'mig');
  const slice = mig < 0 ? '' : `-MIG-${all.slice(mig + 1).join('-')}`;
  const telling = (mig < 0 ? all : all.slice(0, mig)).filter((word) => !noise.has(word.toLowerCase()) && !memory.test(word.toLowerCase()));
  const [first, second] = telling;
  if (first === undefined) return product.trim();
  const family = families.has(first.toLowerCase()) && second !== undefined ? `${titled(first)}-${second}` : titled(first);
  return family + slice;
}

/** `a100` and `l40s` are codes and written large, `gaudi` is a word; `rtx` is both. */
function titled(word: string): string {
  if (/^[a-z]+\d/.test(word) || word === 'rtx') return word.toUpperCase();
  return /^[a-z]/.test(word) ? word.slice(0, 1).toUpperCase() + word.slice(1) : word;
}

/**
 * How specifically `accelerator` (what a resource says) describes `product` (what a node says): the number of its
 * words that the product has, or 0 when one of them is not the product's. `A100-80GB` describes
 * `NVIDIA-A100-SXM4-80GB` better than `A100` does, and `A100-40GB` does not describe it.
 */
export function describes(accelerator: string, product: string): number {
  const theirs = new Set(words(product).map((word) => word.toLowerCase()));
  const ours = words(accelerator.toLowerCase()).filter((word) => theirs.has(word) || !noise.has(word));
  return ours.length > 0 && ours.every((word) => theirs.has(word)) ? ours.length : 0;
}

/** The product that a node's labels name, as the vendor writes it. */
export function productOf(node: Node | undefined): string | undefined {
  const labels = node?.metadata?.labels;
  for (const key of productLabels) if (labels?.[key]) return labels[key];
  return undefined;
}

/** The accelerator that pods ask for by node selector. */
export function selectedAccelerator(pod: PodSpec | undefined): string | undefined {
  for (const key of productLabels) {
    const product = pod?.nodeSelector?.[key];
    if (product) return normalizeAccelerator(product);
  }
  return undefined;
}

/** The accelerator that pods ask for by node affinity: what is required first, then what is preferred most. */
export function affineAccelerator(pod: PodSpec | undefined): string | undefined {
  const affinity = pod?.affinity?.nodeAffinity;
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const terms = [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
    ...preferred.toSorted((a, b) => b.weight - a.weight).map(({ preference }) => preference),
  ];
  for (const term of terms) {
    const product = productIn(term);
    if (product) return normalizeAccelerator(product);
  }
  return undefined;
}

function productIn(term: NodeSelectorTerm): string | undefined {
  for (const key of productLabels) {
    const values = term.matchExpressions?.find((expression) => expression.key === key && expression.operator === 'In')?.values;
    if (values?.[0]) return values[0];
  }
  return undefined;
}

/** Whether one unit of an extended resource is one accelerator. */
export function isAcceleratorResource(name: string): boolean {
  return acceleratorResources.has(name) || name.startsWith('nvidia.com/mig-');
}

/** Accelerators that one pod takes: all its containers together, or its largest init container; 0 if it asks for none. */
export function acceleratorsOf(pod: PodSpec | undefined): number {
  let total = 0;
  for (const amount of acceleratorRequests(pod).values()) total += amount;
  return total;
}

const known = new WeakMap<PodSpec, ReadonlyMap<string, number>>();

/** The same by resource. Specs are taken as immutable, and each is read once. */
export function acceleratorRequests(pod: PodSpec | undefined): ReadonlyMap<string, number> {
  const before = pod && known.get(pod);
  if (before) return before;
  const requests = readRequests(pod);
  if (pod) known.set(pod, requests);
  return requests;
}

const knownRequests = new WeakMap<PodSpec, ReplicaRequest>();

/** What a replica asks for: its first pod, and so many others beside it. Of several kinds of accelerators the one that a pod asks most of. */
export function requestOf(first: PodSpec | undefined, other?: PodSpec, others = 0): ReplicaRequest | undefined {
  const before = first && others === 0 ? knownRequests.get(first) : undefined;
  if (before) return before;
  const request = readRequest(first, other, others);
  if (first && others === 0 && request) knownRequests.set(first, request);
  return request;
}

function readRequest(first: PodSpec | undefined, other: PodSpec | undefined, others: number): ReplicaRequest | undefined {
  const [most] = [...acceleratorRequests(first), ...(others > 0 ? acceleratorRequests(other) : [])].toSorted(([, a], [, b]) => b - a);
  if (most === undefined || most[1] === 0) return undefined;
  const [resource] = most;
  const onOther = others > 0 ? (acceleratorRequests(other).get(resource) ?? 0) : 0;
  const onPods = [acceleratorRequests(first).get(resource) ?? 0, ...Array.from({ length: others }, () => onOther)].filter((amount) => amount > 0);
  return { resource, onPods };
}

function readRequests(pod: PodSpec | undefined): ReadonlyMap<string, number> {
  const requests = new Map<string, number>();
  for (const container of pod?.containers ?? []) {
    for (const [resource, amount] of requested(container)) requests.set(resource, (requests.get(resource) ?? 0) + amount);
  }
  for (const container of pod?.initContainers ?? []) {
    for (const [resource, amount] of requested(container)) requests.set(resource, Math.max(requests.get(resource) ?? 0, amount));
  }
  return requests;
}

function requested({ resources }: Container): [string, number][] {
  // an extended resource may be given as a limit only: the request is then the same
  const asked: Record<string, string | number> = { ...resources?.limits, ...resources?.requests };
  const found: [string, number][] = [];
  for (const resource in asked) {
    const amount = isAcceleratorResource(resource) ? parseQuantity(asked[resource] ?? '') : undefined;
    if (amount !== undefined) found.push([resource, amount]);
  }
  return found;
}
