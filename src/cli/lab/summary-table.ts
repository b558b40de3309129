import type { Overview, PairedDifference, PolicySummary, ScenarioSummary } from '../../lab/runs/index.ts';
import type { ExperimentScenario } from '../../lab/scenario/index.ts';
import { drawTable, wrap, type Column, type Row } from './columns.ts';
import { amount, latency, percent, plain, signedPercent } from './figures.ts';
import { bold, dim, green } from './style.ts';

/** What stands above and below a table, besides the numbers. */
export interface Surroundings {
  /** Absent where the results come without it. */
  readonly scenario?: ExperimentScenario;
  readonly refusals?: readonly { readonly policy: string; readonly why: string }[];
  /** Characters of a line. */
  readonly width?: number;
  /** Shown instead of latencies. */
  readonly against?: { readonly policy: string; readonly differences: ReadonlyMap<string, PairedDifference> };
}

/** Pipes, wide terminals and those that do not know their width (0) get 100 columns. */
const terminalWidth = Math.min(100, process.stdout.columns || 100);

const first: readonly Column[] = [
  { title: 'policy', widest: 26 },
  { title: 'attainment', align: 'right' },
  { title: 'replicas', align: 'right' },
  { title: 'money', align: 'right' },
];

const latencies: readonly Column[] = [
  { title: 'P90 TTFT', align: 'right' },
  { title: 'P90 TPOT', align: 'right' },
  { title: 'turns', align: 'right' },
  { title: 'over bound', align: 'right' },
];

/** Left out, in this order, until the table fits on the terminal. */
const dispensable = ['turns', 'P90 TPOT', 'P90 TTFT', 'replicas'];

/** The table of one scenario, within 100 columns or what the terminal has. Policies on the front are green; plans of the bound stand in it where nothing else was played. */
export function summaryTable(summary: ScenarioSummary, { scenario, refusals = [], against, width = terminalWidth }: Surroundings): string {
  const shown = summary.policies.length > 0 ? summary.policies : [...summary.bounds, ...summary.informed];
  const differences: readonly Column[] = [{ title: 'Δ attainment', align: 'right' }, { title: 'Δ money', align: 'right' }];
  const rows = shown.map((policy): Row => ({
    cells: [
      policy.policy,
      percent(policy.scores.attainment),
      amount(policy.scores.averageReplicas),
      amount(policy.scores.money),
      ...(against === undefined ? lastCells(policy) : differenceCells(against.differences.get(policy.policy))),
    ],
    ...(policy.dominatedBy === undefined && { paint: green }),
  }));
  const seeds = new Set(shown.map((policy) => policy.seeds.length));
  const counted = seeds.size === 1 ? `${[...seeds][0]} ${seeds.has(1) ? 'seed: no intervals' : 'seeds'}` : `${Math.min(...seeds)} to ${Math.max(...seeds)} seeds`;
  const design = scenario === undefined ? '' : scenario.usedInDesign ? ', used in design' : ', held out';
  return [
    `${bold(summary.scenario)} ${dim(`${counted}${design}`)}`,
    ...(scenario === undefined ? [] : wrap(scenario.title, width)),
    ...drawTable(...within(width, [...first, ...(against === undefined ? latencies : differences)], rows), bold),
    ...byModel(summary),
    ...(against === undefined ? [] : wrap(`Δ: differences from ${against.policy} on the same seeds; attainment in points, money in per cent of its money.`, width).map(dim)),
    ...refusals.flatMap(({ policy, why }) => wrap(`${policy} was not played: ${why}`, width).map(dim)),
    '',
  ].join('\n');
}

/** Means over scenarios, those held out apart from those used in design. */
export function overviewTables({ heldOut, usedInDesign }: Overview): string {
  const table = (title: string, { scenarios, rows }: Overview['heldOut']): readonly string[] =>
    scenarios === 0
      ? []
      : [
          `${bold(`${scenarios} ${scenarios === 1 ? 'scenario' : 'scenarios'} ${title}`)} ${dim('means, each scenario counting the same')}`,
          ...drawTable(
            [{ title: 'policy', widest: 40 }, { title: 'played', align: 'right' }, { title: 'attainment', align: 'right' }, { title: 'over bound', align: 'right' }, { title: 'on the front', align: 'right' }],
            rows.map(({ policy, played, attainment, overBound, front }) => ({
              cells: [policy, String(played), percent({ mean: attainment, count: 1 }), overBound === undefined ? '-' : signedPercent({ mean: overBound, count: 1 }), String(front)],
              ...(played < scenarios && { paint: dim }),
            })),
            bold,
          ),
          '',
        ];
  return [...table('held out', heldOut), ...table('used in design', usedInDesign)].join('\n');
}

/** Where there are several models: one may be served at the other's expense. */
function byModel({ policies }: ScenarioSummary): readonly string[] {
  const models = policies[0]?.models ?? [];
  if (models.length < 2) return [];
  return drawTable(
    [{ title: 'attainment of', widest: 26 }, ...models.map(({ model }): Column => ({ title: model, align: 'right', widest: 32 }))],
    policies.map(({ policy, models: own }) => ({ cells: [policy, ...own.map(({ attainment }) => percent(attainment))] })),
    dim,
  );
}

/** Columns and cells that fit on the terminal. */
function within(width: number, columns: readonly Column[], rows: readonly Row[]): [readonly Column[], readonly Row[]] {
  const out = dispensable.find((title) => columns.some((column) => column.title === title));
  const needed = Math.max(...drawTable(columns, rows.map(({ cells }) => ({ cells }))).map((line) => line.length));
  if (needed <= width || out === undefined) return [columns, rows];
  const at = columns.findIndex(({ title }) => title === out);
  return within(width, columns.toSpliced(at, 1), rows.map((row) => ({ ...row, cells: row.cells.toSpliced(at, 1) })));
}

function lastCells({ ttftSeconds, tpotSeconds, scores, distance }: PolicySummary): string[] {
  return [latency(ttftSeconds.p90), latency(tpotSeconds.p90), plain(scores.reversals), signedPercent(distance.cost)];
}

function differenceCells(difference: PairedDifference | undefined): string[] {
  return difference === undefined ? ['-', '-'] : [signedPercent(difference.attainment, ''), signedPercent(difference.money)];
}

/** What the columns mean, once under all tables. */
export const legend: readonly string[] = wrap(
  'Attainment: requests within both SLOs, of all that came. ± is the 95 % interval over seeds (Student t). Money is in the currency of the prices, US dollars in those shipped, and includes pods that start or drain. Turns: changes of direction. '
  + 'Over bound: money above the cheapest clairvoyant plan of the same attainment; "-" where none was played or their curve does not go there. Sorted by money within 99 %, 95 %, 90 % and less; '
  + 'green: no other policy is both better and cheaper.',
  terminalWidth,
);
