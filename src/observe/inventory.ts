import { compareText, sum } from '../base/index.ts';
import { unknownLabel, type AcceleratorPool } from '../model/index.ts';
import { parseQuantity, type Node } from '../wire/index.ts';
import { describes, isAcceleratorResource, normalizeAccelerator, productOf } from './accelerators.ts';
import type { PodFacts } from './pod-facts.ts';

export interface InventoryParts {
  /** Empty where they may not be read: then there is no inventory. */
  readonly nodes: readonly Node[];
  readonly pods: readonly PodFacts[];
  /** Names of accelerators as the variants use them. */
  readonly accelerators: readonly string[];
  /** Pods that belong to replicas of known variants. */
  readonly ofVariants: ReadonlySet<PodFacts>;
  /** Whether `pods` are all pods of the cluster. */
  readonly complete: boolean;
}

/** Accelerators of one product on one node. */
interface Stock {
  readonly product: string;
  readonly capacity: number;
  usedByVariants: number;
  usedByOthers: number;
}

/**
 * What the nodes have and who holds it, a pool for each name that variants use and for each product that none of them names. A
 * product that two names describe (`A100`, `A100-80GB`) stands in both pools: a pod of either can land there.
 */
export function takeInventory({ nodes, pods, accelerators, ofVariants, complete }: InventoryParts): readonly AcceleratorPool[] | undefined {
  if (nodes.length === 0) return undefined;
  const byNode = new Map(nodes.filter(isUsable).map((node) => [node.metadata?.name ?? '', stocksOf(node)]));
  for (const pod of pods) {
    const stocks = pod.holds.size === 0 ? undefined : byNode.get(pod.node);
    if (stocks !== undefined && stocks.size > 0) hold(stocks, pod, ofVariants.has(pod) ? 'usedByVariants' : 'usedByOthers');
  }
  const stocks = [...byNode.values()].map((of) => [...of.values()]);
  const products = [...new Set(stocks.flat().map(({ product }) => product))];
  // names and products are few, nodes and variants are many
  const named = new Map([...new Set(accelerators)].map((name) => [name, new Set(products.filter((product) => isNamed(name, product)))]));
  for (const product of products) {
    if ([...named.values()].some((its) => its.has(product))) continue;
    const name = shortName(product);
    named.set(name, new Set([...(named.get(name) ?? []), product]));
  }
  return [...named].filter(([, its]) => its.size > 0).toSorted(([a], [b]) => compareText(a, b)).map(([name, its]) => poolOf(name, its, stocks, complete));
}

function hold(stocks: ReadonlyMap<string, Stock>, { holds }: PodFacts, holder: 'usedByVariants' | 'usedByOthers'): void {
  for (const [resource, amount] of holds) {
    const stock = stocks.get(resource);
    if (stock) stock[holder] += amount;
  }
}

function poolOf(accelerator: string, its: ReadonlySet<string>, nodes: readonly (readonly Stock[])[], complete: boolean): AcceleratorPool {
  const holding = nodes.map((stocks) => stocks.filter(({ product }) => its.has(product))).filter((stocks) => stocks.length > 0);
  const all = holding.flat();
  return {
    accelerator,
    products: [...new Set(all.map(({ product }) => product))].toSorted(compareText),
    nodes: holding.length,
    capacity: sum(all.map(({ capacity }) => capacity)),
    usedByVariants: sum(all.map(({ usedByVariants }) => usedByVariants)),
    usedByOthers: sum(all.map(({ usedByOthers }) => usedByOthers)),
    freeOnNodes: all
      .map(({ capacity, usedByVariants, usedByOthers }) => capacity - usedByVariants - usedByOthers)
      .filter((free) => free > 0)
      .toSorted((a, b) => b - a),
    complete,
  };
}

/** Taints by which autoscalers of nodes announce that a node is about to go. */
const leaving = new Set(['ToBeDeletedByClusterAutoscaler', 'karpenter.sh/disrupted', 'karpenter.sh/disruption']);

/** Whether new pods can land there. A node whose state nobody told counts: conditions are missing in small test clusters only. */
function isUsable({ spec, status }: Node): boolean {
  if (spec?.unschedulable === true || spec?.taints?.some(({ key }) => leaving.has(key))) return false;
  return (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';
}

function stocksOf(node: Node): Map<string, Stock> {
  const product = productOf(node) ?? unknownLabel;
  const stocks = new Map<string, Stock>();
  for (const [resource, amount] of Object.entries(node.status?.allocatable ?? {})) {
    const capacity = isAcceleratorResource(resource) ? (parseQuantity(amount) ?? 0) : 0;
    if (capacity > 0) stocks.set(resource, { product: sliceOf(product, resource), capacity, usedByVariants: 0, usedByOthers: 0 });
  }
  return stocks;
}

/** Where slices are resources of their own, beside whole accelerators (`nvidia.com/mig-1g.5gb`), the label names the whole. */
function sliceOf(product: string, resource: string): string {
  const slice = /^nvidia\.com\/mig-(.+)$/.exec(resource)?.[1];
  return slice === undefined || isSlice(product) ? product : `${product}-MIG-${slice}`;
}

function isSlice(product: string): boolean {
  return /(?:^|[-_])mig(?:[-_]|$)/i.test(product);
}

/** A slice of an A100 is no A100. */
function isNamed(accelerator: string, product: string): boolean {
  return isSlice(accelerator) === isSlice(product) && (describes(accelerator, product) > 0 || shortName(product) === accelerator);
}

function shortName(product: string): string {
  return product === unknownLabel ? unknownLabel : normalizeAccelerator(product);
}
