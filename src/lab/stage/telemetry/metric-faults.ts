import type { Random } from '../../../runtime/index.ts';
import type { ScenarioFault } from '../../scenario/scenario.ts';
import { isOn } from '../pod-faults.ts';

type MetricFault = Extract<ScenarioFault, { kind: 'metrics' }>;

/** What scrapes of one target bring while faults are on. Each target has one. */
export interface BentPage {
  /** Bends what the page says. `undefined` when the scrape fails; otherwise when it arrives, and the row is changed in place. */
  scrape(nowMs: number, row: Float64Array): { readonly arrivesAtMs: number } | undefined;
}

/** The faults that metrics of engines or of the router have. */
export function faultsOf(faults: readonly ScenarioFault[], target: 'engines' | 'router'): readonly MetricFault[] {
  return faults.filter((fault) => fault.kind === 'metrics').filter(({ of }) => of === 'all' || of === target);
}

/**
 * @param firstCounter Columns from here on count up: a lie is about how fast they do, so that no counter goes back when it ends.
 * @param frozen What was true when a fault began: a row, or nothing where the target was not there yet.
 * @param chance Which targets say nothing while a fault is partial. A pod keeps its lot; of a router, every scrape draws anew.
 */
export function createBentPage(
  faults: readonly MetricFault[],
  firstCounter: number,
  frozen: (fault: MetricFault) => Float64Array | undefined,
  chance: { readonly random: Random; readonly everyScrape: boolean },
): BentPage {
  const lots = new Map(faults.map((fault, index) => [fault, chance.random.fork(`partial/${index}`).next()]));
  let truth: Float64Array | undefined;
  let told: Float64Array | undefined;

  function lie(row: Float64Array, factor: number): void {
    truth ??= new Float64Array(row.length);
    told ??= new Float64Array(row.length);
    for (let column = 0; column < row.length; column++) {
      const value = row[column] as number;
      if (column < firstCounter) row[column] = value * factor;
      else {
        const shown = (told[column] as number) + (value - (truth[column] as number)) * factor;
        truth[column] = value;
        told[column] = shown;
        row[column] = shown;
      }
    }
  }

  const liesAtAll = faults.some(({ how }) => how === 'lying');
  return {
    scrape(nowMs, row) {
      const on = faults.filter((fault) => isOn(fault, nowMs));
      if (liesAtAll) lie(row, on.reduce((product, { how, factor = 1 }) => (how === 'lying' ? product * factor : product), 1));
      let lateMs = 0;
      for (const fault of on) {
        if (fault.how === 'lost') return undefined;
        if (fault.how === 'partial') {
          const lot = chance.everyScrape ? chance.random.next() : (lots.get(fault) ?? 1);
          if (lot < (fault.share ?? 0.5)) return undefined;
        }
        if (fault.how === 'frozen') {
          const then = frozen(fault);
          if (then === undefined) return undefined;
          row.set(then);
        }
        if (fault.how === 'late') lateMs += (fault.seconds ?? 60) * 1000;
      }
      return { arrivesAtMs: nowMs + lateMs };
    },
  };
}
