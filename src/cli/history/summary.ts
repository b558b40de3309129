import { writeDuration } from '../../base/index.ts';
import type { History, Replay } from '../../lab/history/index.ts';
import { drawTable, wrap, type Column } from '../lab/columns.ts';
import { bold, dim } from '../lab/style.ts';
import { gapLines, hours, limits, missLine, momentLines, money, share, signed, stretch } from './words.ts';

type Finished = Pick<History, 'stepMs' | 'gaps' | 'notes'>;

const columns: readonly Column[] = [
  { title: 'variant', widest: 48 },
  { title: 'on', widest: 16 },
  { title: 'replica-hours', align: 'right' },
  { title: 'decided', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'decided', align: 'right' },
  { title: 'changes', align: 'right' },
  { title: 'decided', align: 'right' },
  { title: 'flaps', align: 'right' },
  { title: 'decided', align: 'right' },
  { title: 'held', align: 'right' },
];

/** What a back-test found, for a terminal. */
export function backtestSummary({ fromMs, toMs, cycles, decidingSeconds, ledgers }: Replay, history: Finished): string[] {
  return ledgers.flatMap(({ name, ledger }) => {
    const { actual, decided, variants, moments } = ledger;
    const rows = variants.map((one) => ({
      cells: [
        one.variant,
        one.accelerator,
        hours(one.actual.replicaHours),
        hours(one.decided.replicaHours),
        money(one.actual.money),
        money(one.decided.money),
        String(one.actual.changes),
        String(one.decided.changes),
        String(one.actual.flaps),
        String(one.decided.flaps),
        share(one.heldHours, one.knownHours),
      ],
    }));
    return [
      bold(`What the policy ${name} would have decided, ${stretch(fromMs, toMs)}`),
      `${cycles} cycles of ${writeDuration(history.stepMs)}, decided in ${decidingSeconds.toFixed(1)} s.`,
      '',
      ...drawTable(columns, rows, dim),
      '',
      `Replica-hours ${hours(actual.replicaHours)} -> ${hours(decided.replicaHours)} (${signed(decided.replicaHours - actual.replicaHours, hours)}), cost ${money(actual.money)} -> ${money(decided.money)} (${signed(decided.money - actual.money, money)}), ` +
        `changes ${actual.changes} -> ${decided.changes}, reversals ${actual.reversals} -> ${decided.reversals}, flaps ${actual.flaps} -> ${decided.flaps}.`,
      missLine(ledger),
      ...(moments.length === 0 ? ['What was decided is what there was, all the time.'] : ['', bold('Where they differ most'), ...moments.flatMap((moment) => momentLines(moment, 'there', 'decided'))]),
      ...epilogue(history),
    ];
  });
}

/** What was left out, where numbers are from, and what they cannot say. */
export function epilogue(history: Finished): string[] {
  const gaps = history.gaps();
  return [
    ...(gaps.length === 0 ? [] : ['', bold('Not read'), ...gapLines(gaps)]),
    '',
    dim('Where it is from, and what it cannot know'),
    ...[...history.notes(), ...limits].flatMap((text) => wrap(text, 160, '  ').map((line) => dim(line))),
  ];
}

/** All of it, for programs. */
export function backtestJson(replay: Replay, history: Finished): object {
  return {
    format: 1,
    from: new Date(replay.fromMs).toISOString(),
    to: new Date(replay.toMs).toISOString(),
    stepSeconds: history.stepMs / 1000,
    cycles: replay.cycles,
    decidingSeconds: replay.decidingSeconds,
    policies: replay.ledgers.map(({ name, ledger }) => ({ policy: name, ...ledger })),
    gaps: history.gaps(),
    notes: history.notes(),
    limits,
  };
}
