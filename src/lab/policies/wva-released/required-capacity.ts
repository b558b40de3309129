/** Tokens that a model or role has, will have once its pods are ready, and is asked for. */
export interface SupplyAndDemand {
  readonly supply: number;
  readonly anticipated: number;
  readonly demand: number;
}

export interface RequiredAndSpare {
  readonly required: number;
  readonly spare: number;
}

/** Above `scaleUpThreshold` of what will be there more is required; below `scaleDownBoundary` of what is there some is to spare. */
export function requiredAndSpare({ supply, anticipated, demand }: SupplyAndDemand, scaleUpThreshold: number, scaleDownBoundary: number): RequiredAndSpare {
  return { required: Math.max(0, demand / scaleUpThreshold - anticipated), spare: Math.max(0, supply - demand / scaleDownBoundary) };
}

/** What waits in the flow control of the router, as tokens: the engines do not have these requests yet. */
export function queueDemand(size: number, bytes: number, averageIn: number, averageOut: number, hitRate: number): { readonly input: number; readonly output: number } {
  if (size === 0 && bytes === 0) return { input: 0, output: 0 };
  return { input: Math.max(bytes / 4, size * averageIn) * (1 - hitRate), output: size * averageOut };
}
