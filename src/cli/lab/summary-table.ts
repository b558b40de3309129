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
  /** Shown instead of latencies. */
  readonly against?: { readonly policy: string; readonly differences: ReadonlyMap<string, PairedDifference> };
}

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

/** The table of one scenario within 100 columns. Policies on the front are green. */
export function summaryTable(summary: ScenarioSummary, { scenario, refusals = [], against }: Surroundings): string {
  const differences: readonly Column[] = [{ title: 'attainment -', align: 'right' }, { title: 'money -', align: 'right' }];
  const rows = summary.policies.map((policy): Row => ({
    cells: [
      policy.policy,
      percent(policy.scores.attainment),
      amount(policy.scores.averageReplicas),
      amount(policy.scores.money),
      ...(against === undefined ? lastCells(policy) : differenceCells(against.differences.get(policy.policy))),
    ],
    ...(policy.dominatedBy === undefined && { paint: green }),
  }));
  const seeds = new Set(summary.policies.map((policy) => policy.seeds.length));
  const counted = seeds.size === 1 ? `${[...seeds][0]} ${seeds.has(1) ? 'seed: no intervals' : 'seeds'}` : `${Math.min(...seeds)} to ${Math.max(...seeds)} seeds`;
  const design = scenario === undefined ? '' : scenario.usedInDesign ? ', used in design' : ', held out';
  return [
    `${bold(summary.scenario)} ${dim(`${counted}${design}`)}`,
    ...(scenario === undefined ? [] : wrap(scenario.title, 100)),
    ...drawTable([...first, ...(against === undefined ? latencies : differences)], rows, bold),
    ...byModel(summary),
    ...(against === undefined ? [] : [dim(`Differences from ${against.policy} on the same seeds; attainment in points.`)]),
    ...refusals.flatMap(({ policy, why }) => wrap(`${policy} was not played: ${why}`, 100).map(dim)),
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

function lastCells({ ttftSeconds, tpotSeconds, scores, distance }: PolicySummary): string[] {
  return [latency(ttftSeconds.p90), latency(tpotSeconds.p90), plain(scores.reversals), signedPercent(distance.cost)];
}

function differenceCells(difference: PairedDifference | undefined): string[] {
  return difference === undefined ? ['-', '-'] : [signedPercent(difference.attainment, ''), signedPercent(difference.money)];
}

/** What the columns mean, once under all tables. */
export const legend: readonly string[] = wrap(
  'Attainment: requests within both SLOs, of all that came. ± is the 95 % interval over seeds (Student t). Money includes pods that start or drain. Turns: changes of direction. '
  + 'Over bound: money above the cheapest clairvoyant plan of the same attainment; "-" where none was played or their curve does not go there. Sorted by money within 99 %, 95 %, 90 % and less; '
  + 'green: no other policy is both better and cheaper.',
  100,
);
