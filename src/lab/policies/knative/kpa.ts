/** Numbers of the Knative autoscaler that one decision needs. */
export interface KpaSettings {
  /** Concurrent requests that a pod is to have: the target times its utilization. */
  readonly target: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  /** Panic when the panic window wants so many times the ready pods. */
  readonly panicThreshold: number;
  readonly stableWindowMs: number;
}

/** What it remembers between decisions. */
export interface KpaMemory {
  /** When it last was over the panic threshold; absent while it is calm. */
  readonly panicSinceMs?: number;
  /** The most that was wanted in this panic. */
  readonly maxPanicPods: number;
}

/** It begins in panic where pods are there already: with no history it must not remove them. */
export function kpaBegin(readyPods: number, nowMs: number): KpaMemory {
  return readyPods > 1 ? { panicSinceMs: nowMs, maxPanicPods: readyPods } : { maxPanicPods: 0 };
}

/** One decision, every 2 s. The pods that it wants are not within any bounds yet. */
export function kpaDecide(at: {
  readonly stable: number;
  readonly panic: number;
  readonly readyPods: number;
  readonly nowMs: number;
  readonly memory: KpaMemory;
  readonly settings: KpaSettings;
}): { readonly pods: number; readonly panicking: boolean; readonly memory: KpaMemory } {
  const { stable, panic, nowMs, settings } = at;
  const ready = Math.max(1, at.readyPods);
  const most = Math.ceil(settings.maxScaleUpRate * ready);
  const least = Math.floor(ready / settings.maxScaleDownRate);
  const within = (pods: number): number => Math.min(Math.max(pods, least), most);
  const wantedInPanic = Math.ceil(panic / settings.target);
  const stablePods = within(Math.ceil(stable / settings.target));
  const panicPods = within(wantedInPanic);
  const memory = panicMemory(at.memory, wantedInPanic / ready >= settings.panicThreshold, nowMs, settings);
  if (memory.panicSinceMs === undefined) return { pods: stablePods, panicking: false, memory };
  const pods = Math.max(memory.maxPanicPods, stablePods, panicPods);
  return { pods, panicking: true, memory: { ...memory, maxPanicPods: pods } };
}

/** Panic lasts until a stable window has passed below the threshold. */
function panicMemory(memory: KpaMemory, over: boolean, nowMs: number, { stableWindowMs }: KpaSettings): KpaMemory {
  if (over) return { ...memory, panicSinceMs: nowMs };
  if (memory.panicSinceMs !== undefined && memory.panicSinceMs + stableWindowMs < nowMs) return { maxPanicPods: 0 };
  return memory;
}
