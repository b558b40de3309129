import type { ScenarioFault } from '../scenario/scenario.ts';

/** What the scenario does to pods, asked for when it matters. */
export interface PodFaults {
  /** Whether a pod that starts now never becomes ready; counts it where the fault is for so many pods. */
  neverReady(variant: string, nowMs: number): boolean;
  /** How many times as long iterations take now. */
  slowness(variant: string, nowMs: number): number;
}

export function createPodFaults(faults: readonly ScenarioFault[], hits: (fault: string, variant: string) => boolean): PodFaults {
  const stuck = faults
    .filter((fault) => fault.kind === 'never-ready')
    .map((fault) => ({ fault, left: fault.pods ?? Infinity }));
  const slow = faults.filter((fault) => fault.kind === 'slow');

  return {
    neverReady(variant, nowMs) {
      const found = stuck.find(({ fault, left }) => left > 0 && hits(fault.variant, variant) && isOn(fault, nowMs));
      if (found === undefined) return false;
      found.left -= 1;
      return true;
    },
    slowness: (variant, nowMs) =>
      slow.filter((fault) => hits(fault.variant, variant) && isOn(fault, nowMs)).reduce((product, { factor }) => product * factor, 1),
  };
}

/** From its time until its end, which does not belong to it any more. */
export function isOn({ atSeconds, untilSeconds = Infinity }: Pick<ScenarioFault, 'atSeconds' | 'untilSeconds'>, nowMs: number): boolean {
  return nowMs >= atSeconds * 1000 && nowMs < untilSeconds * 1000;
}
