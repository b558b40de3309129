import { writeDuration } from '../../base/index.ts';
import type { AxisVerdict, History, PlayedPolicy, Replay } from '../../lab/history/index.ts';
import type { ExperimentScenario } from '../../lab/scenario/index.ts';
import { drawTable, type Column } from '../lab/columns.ts';
import { bold, dim } from '../lab/style.ts';
import { epilogue } from './summary.ts';
import { hours, limits, momentLines, money, share, stretch } from './words.ts';

type Finished = Pick<History, 'stepMs' | 'gaps' | 'notes'>;

const right = (title: string): Column => ({ title, align: 'right' });
const historyColumns: readonly Column[] = [{ title: 'policy', widest: 48 }, right('replica-hours'), right('cost'), right('changes'), right('reversals'), right('flaps'), right('predicted misses')];
const scenarioColumns: readonly Column[] = [{ title: 'policy', widest: 48 }, right('replica-hours'), right('cost'), right('changes'), right('reversals'), right('misses')];

/** Two policies about one history, for a terminal. */
export function historyTables({ fromMs, toMs, cycles, ledgers, divergences }: Replay, history: Finished): string[] {
  const [first] = ledgers;
  const there = first ? [row('(what there was)', first.ledger.actual, first.ledger.misses.actual, first.ledger.misses.requests)] : [];
  const rows = ledgers.map(({ name, ledger }, index) => row(`${'ab'[index] ?? ''}: ${name}`, ledger.decided, ledger.misses.decided, ledger.misses.requests));
  return [
    bold(`What two policies would have decided, ${stretch(fromMs, toMs)}`),
    `${cycles} cycles of ${writeDuration(history.stepMs)}.`,
    '',
    ...drawTable(historyColumns, [...there, ...rows], dim),
    ...divergences.flatMap(({ divergence }) => [
      '',
      `They differ in ${share(divergence.differsHours, divergence.hours)} of the time; b asks for ${hours(divergence.moreReplicaHours)} replica-hours that a does not, and does without ${hours(divergence.fewerReplicaHours)} of a's.`,
      ...(divergence.moments.length === 0 ? [] : [bold('Where they differ most'), ...divergence.moments.flatMap((moment) => momentLines(moment, 'by a', 'by b'))]),
    ]),
    ...epilogue(history),
  ];
}

function row(name: string, account: { readonly replicaHours: number; readonly money: number; readonly changes: number; readonly reversals: number; readonly flaps: number }, misses: number, requests: number): { cells: string[] } {
  return { cells: [name, hours(account.replicaHours), money(account.money), String(account.changes), String(account.reversals), String(account.flaps), share(misses, requests)] };
}

export function historyWhatifJson(result: Replay, history: Finished, verdicts: readonly AxisVerdict[]): object {
  return {
    format: 1,
    from: new Date(result.fromMs).toISOString(),
    to: new Date(result.toMs).toISOString(),
    stepSeconds: history.stepMs / 1000,
    cycles: result.cycles,
    policies: result.ledgers.map(({ name, ledger }) => ({ policy: name, ...ledger })),
    divergence: result.divergences[0]?.divergence,
    verdicts,
    gaps: history.gaps(),
    notes: history.notes(),
    limits,
  };
}

/** Two policies in a scenario of the laboratory. */
export function scenarioTables(scenario: ExperimentScenario, played: readonly PlayedPolicy[]): string[] {
  return [
    bold(`Our engine with two policies in the scenario ${scenario.name}, means over ${played[0]?.seeds ?? 0} seeds`),
    '',
    ...drawTable(
      scenarioColumns,
      played.map((one, index) => ({ cells: [`${'ab'[index] ?? ''}: ${one.name}`, hours(one.replicaHours), money(one.money), one.changes.toFixed(1), one.reversals.toFixed(1), share(one.misses, one.requests)] })),
      dim,
    ),
  ];
}

const names: Readonly<Record<AxisVerdict['axis'], string>> = { money: 'cost', misses: 'misses', flaps: 'flaps' };

export function verdictLines(verdicts: readonly AxisVerdict[], tolerance: number): string[] {
  const worse = verdicts.filter(({ isWorse }) => isWorse);
  const said = worse.map(({ axis, first, second, allowed }) => `${names[axis]} ${first.toFixed(2)} -> ${second.toFixed(2)}, and ${allowed.toFixed(2)} would be let be`);
  return [worse.length === 0 ? `b is no worse than a, within ${tolerance * 100} %.` : `b is worse than a: ${said.join('; ')}.`];
}
