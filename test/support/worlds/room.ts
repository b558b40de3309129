import type { AcceleratorPool, AcceleratorQuota } from '../../../src/model/index.ts';
import type { Scarcity, VariantPlan } from './plan.ts';
import type { ScaleTarget, WorldPod } from './scale-target.ts';

/** As pods of every vendor ask for accelerators here. */
export const acceleratorResource = 'nvidia.com/gpu';

/** Where pods find room, and who lets them be made. */
export interface Room {
  /** Whether the nodes are all there are. */
  readonly isScarce: boolean;
  /** Of its namespace's ResourceQuota there is enough for one more pod of this variant. */
  admits(namespace: string, variant: VariantPlan): boolean;
  /** The node with the least that is free and enough; `undefined` where there is none. */
  nodeFor(variant: VariantPlan): number | undefined;
  /** What is free on the nodes of an accelerator. */
  freeOn(accelerator: string): readonly number[];
  /** As the product would be shown them; `undefined` where there are no nodes, or no quotas, to be shown. */
  pools(): readonly AcceleratorPool[] | undefined;
  quotas(): readonly AcceleratorQuota[] | undefined;
}

/** A cluster in which room is scarce. It asks its targets who holds what, pods that are ending included. */
export function createRoom({ nodes, resourceQuotas }: Scarcity, targets: readonly ScaleTarget[]): Room {
  const podsOf = (): WorldPod[] => targets.flatMap(({ pods }) => pods);

  function leftOn(): number[] {
    const left = (nodes ?? []).map(({ accelerators }) => accelerators);
    for (const { node, variant } of podsOf()) if (node !== undefined) left[node] = (left[node] as number) - acceleratorsOf(variant);
    return left;
  }

  function usedIn(namespace: string): number {
    return targets.filter(({ plan }) => plan.namespace === namespace).reduce((total, { pods }) => total + pods.reduce((all, { variant }) => all + acceleratorsOf(variant), 0), 0);
  }

  function freeOn(accelerator: string): number[] {
    const left = leftOn();
    return (nodes ?? []).flatMap((node, index) => (node.accelerator === accelerator && (left[index] as number) > 0 ? [left[index] as number] : [])).toSorted((a, b) => b - a);
  }

  return {
    isScarce: nodes !== undefined,
    freeOn,
    admits(namespace, variant) {
      const quota = resourceQuotas.find((one) => one.namespace === namespace);
      return quota === undefined || usedIn(namespace) + acceleratorsOf(variant) <= quota.hard;
    },
    nodeFor(variant) {
      const left = leftOn();
      let best: number | undefined;
      for (const [index, { accelerator }] of (nodes ?? []).entries()) {
        const free = left[index] as number;
        if (accelerator === variant.accelerator && free >= acceleratorsOf(variant) && (best === undefined || free < (left[best] as number))) best = index;
      }
      return best;
    },
    pools() {
      if (nodes === undefined) return undefined;
      return [...new Set(nodes.map(({ accelerator }) => accelerator))].map((accelerator): AcceleratorPool => {
        const those = nodes.filter((node) => node.accelerator === accelerator);
        const capacity = those.reduce((total, node) => total + node.accelerators, 0);
        const freeOnNodes = freeOn(accelerator);
        return { accelerator, products: [accelerator], nodes: those.length, capacity, usedByVariants: capacity - freeOnNodes.reduce((total, one) => total + one, 0), usedByOthers: 0, freeOnNodes, complete: true };
      });
    },
    quotas: () => (resourceQuotas.length === 0 ? undefined : resourceQuotas.map(({ namespace, hard }) => ({ namespace, name: 'accelerators', resource: acceleratorResource, hard, used: usedIn(namespace) }))),
  };
}

/** Of one replica, all on one pod. */
export function acceleratorsOf({ accelerators = 1 }: VariantPlan): number {
  return accelerators;
}
