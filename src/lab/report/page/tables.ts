import type { Interval, PolicyRow, ReportData, ReportScenario } from '../report-data.ts';
import { el } from './dom.ts';
import { figure, percent, seconds, withInterval } from './figures.ts';

interface Column {
  readonly key: string;
  readonly title: string;
  /** What it is, in a sentence. */
  readonly about: string;
  readonly text: (value: number) => string;
  /** With its interval; the others show the mean alone. */
  readonly interval?: true;
  /** More is better: sorted from above at the first press. */
  readonly descending?: true;
}

const span = (value: number): string => (value >= 3600 ? `${(value / 3600).toFixed(1)} h` : value >= 60 ? `${(value / 60).toFixed(1)} min` : `${value.toFixed(0)} s`);

const columns: readonly Column[] = [
  { key: 'attainment', title: 'attainment', about: 'Requests within both SLOs, of all that came. Failed ones are misses.', text: percent, interval: true, descending: true },
  { key: 'money', title: 'money', about: 'Of all replicas from creation to end, starting and draining ones included, in the currency of the prices.', text: figure, interval: true },
  { key: 'averageReplicas', title: 'replicas', about: 'Time average of provisioned replicas, draining ones not counted.', text: figure, interval: true },
  { key: 'gpuHours', title: 'GPU-hours', about: 'Accelerator hours, starting and draining included.', text: figure },
  { key: 'overBound', title: 'over bound', about: 'Money above the cheapest clairvoyant plan of the same attainment.', text: percent, interval: true },
  { key: 'overLeast', title: 'over least', about: 'Money above what no plan of the same attainment can undercut: fractions of replicas of the cheapest mix, no start-up times, engines that waste nothing.', text: percent },
  { key: 'belowBound', title: 'below bound', about: 'Attainment that the best clairvoyant plan of the same money has more, in points.', text: percent, interval: true },
  { key: 'goodputPerSecond', title: 'goodput/s', about: 'Requests within both SLOs per second of the episode.', text: figure, descending: true },
  { key: 'ttftP50', title: 'TTFT P50', about: 'Time to first token.', text: seconds },
  { key: 'ttftP90', title: 'TTFT P90', about: 'Time to first token, 90th percentile.', text: seconds },
  { key: 'ttftP99', title: 'TTFT P99', about: 'Time to first token, 99th percentile.', text: seconds },
  { key: 'tpotP50', title: 'TPOT P50', about: 'Time per output token after the first.', text: seconds },
  { key: 'tpotP90', title: 'TPOT P90', about: 'Time per output token, 90th percentile.', text: seconds },
  { key: 'tpotP99', title: 'TPOT P99', about: 'Time per output token, 99th percentile.', text: seconds },
  { key: 'changes', title: 'changes', about: 'How often a number of replicas was changed.', text: figure },
  { key: 'reversals', title: 'turns', about: 'Changes in the other direction than the one before.', text: figure },
  { key: 'underNeedSeconds', title: 'under need', about: 'Time with fewer ready replicas than the load needs.', text: span },
  { key: 'overNeedSeconds', title: 'over need', about: 'Time with more ready replicas than the load needs.', text: span },
  { key: 'failed', title: 'failed', about: 'Requests that ended without a whole answer.', text: figure },
  { key: 'preemptions', title: 'preempted', about: 'Sequences that were pushed out of the KV cache and computed again.', text: figure },
];

/** How the table is sorted; the order of the results where there is none. */
export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** What is asked of a table by pressing something in it. */
export interface TableActions {
  choose(policy: string): void;
  sort(sorting: Sorting): void;
}

/** Every policy of a scenario with its scores; bounds below. A heading sorts, a name shows its time line. */
export function policyTable(data: ReportData, scenario: ReportScenario, chosen: readonly string[], sorting: Sorting | undefined, actions: TableActions): HTMLElement {
  const [attainment, ...others] = columns;
  const ofModels = scenario.slos.map(({ model }, index): Column => ({ key: `attainment${index}`, title: model.split('/').at(-1) ?? model, about: `Attainment of ${model} alone.`, text: percent, interval: true, descending: true }));
  const shown = [...(attainment === undefined ? [] : [attainment]), ...ofModels, ...others].filter(({ key }) => [...scenario.rows, ...scenario.bounds].some(({ values }) => values[key] !== undefined));
  const head = shown.map((column) => {
    const isSorted = sorting?.key === column.key;
    const descending = isSorted ? !sorting.descending : column.descending === true;
    const button = el('button', { type: 'button', title: column.about }, column.title);
    button.addEventListener('click', () => {
      actions.sort({ key: column.key, descending });
    });
    return el('th', { scope: 'col', ...(isSorted && { 'aria-sort': sorting.descending ? 'descending' : 'ascending' }) }, button);
  });
  const draw = (row: PolicyRow): HTMLElement => {
    const facts = data.policies[row.policy];
    const name = el('button', { type: 'button', title: facts?.title ?? row.policy, ...(row.timeline === undefined && { disabled: '' }) }, row.policy);
    name.addEventListener('click', () => {
      actions.choose(row.policy);
    });
    const note = row.dominatedBy === undefined ? {} : { title: `${row.dominatedBy} is better and cheaper` };
    return el(
      'tr',
      { class: [facts?.family === 'bound' || facts?.family === 'informed' ? 'bound' : row.dominatedBy === undefined ? 'front' : '', chosen.includes(row.policy) ? 'chosen' : ''].join(' ').trim(), ...note },
      el('th', { scope: 'row' }, el('span', { class: `dot ${facts?.family ?? 'peer'}`, 'aria-hidden': 'true' }), name),
      ...shown.map(({ key, text, interval }) => el('td', {}, cell(row.values[key], text, interval === true))),
    );
  };
  return withCaption(
    `${scenario.name}: ${caption(scenario)}. Bold: no other policy is better for less money. A heading sorts, a name shows its time line.`,
    `Scores in ${scenario.name}`,
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'policy'), ...head)),
      el('tbody', {}, ...sorted(scenario.rows, sorting).map(draw)),
      ...(scenario.bounds.length === 0 ? [] : [el('tbody', {}, ...scenario.bounds.map(draw))]),
    ),
  );
}

/** The words above stay in sight when a wide table is moved sideways. */
function withCaption(text: string, label: string, table: HTMLElement): HTMLElement {
  return el('div', {}, el('p', { class: 'caption' }, text), el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table));
}

function caption({ rows, usedInDesign }: ReportScenario): string {
  const seeds = rows.map((row) => row.seeds);
  const counted = Math.min(...seeds) === Math.max(...seeds) ? `${seeds[0] ?? 0} ${seeds[0] === 1 ? 'seed' : 'seeds'}` : `${Math.min(...seeds)} to ${Math.max(...seeds)} seeds`;
  return `${counted}, ${usedInDesign ? 'used to design our own engine' : 'held out from the design of our own engine'}`;
}

function cell(value: Interval | undefined, text: (value: number) => string, interval: boolean): string {
  if (value === undefined) return '–';
  return interval ? withInterval(value, text) : text(value[0]);
}

function sorted(rows: readonly PolicyRow[], sorting: Sorting | undefined): readonly PolicyRow[] {
  if (sorting === undefined) return rows;
  const worst = sorting.descending ? -Infinity : Infinity;
  const of = ({ values }: PolicyRow): number => values[sorting.key]?.[0] ?? worst;
  return rows.toSorted((a, b) => (sorting.descending ? of(b) - of(a) : of(a) - of(b)));
}

/** Means over scenarios, held-out ones apart from those that our own engine was designed with. */
export function overviewTable({ overview, policies }: ReportData): HTMLElement {
  const groups = [
    { title: 'held out', ...overview.heldOut },
    { title: 'used in design', ...overview.usedInDesign },
  ].filter(({ scenarios }) => scenarios > 0);
  const names = [...new Set(groups.flatMap(({ rows }) => rows.map(({ policy }) => policy)))];
  return withCaption(
    'Means over scenarios, each counting the same; those of policies that played fewer are not comparable. Over bound: money above the cheapest clairvoyant plan of the same attainment, where the plans go there. Front: scenarios where no other policy is both better and cheaper.',
    'Means over scenarios',
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el('tr', {}, el('td', {}), ...groups.map(({ title, scenarios }) => el('th', { colspan: '4', scope: 'colgroup' }, `${scenarios} ${title}`))),
        el('tr', {}, el('th', { scope: 'col' }, 'policy'), ...groups.flatMap(() => ['played', 'attainment', 'over bound', 'front'].map((title) => el('th', { scope: 'col' }, title)))),
      ),
      el('tbody', {}, ...names.map((policy) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, el('span', { class: `dot ${policies[policy]?.family ?? 'peer'}`, 'aria-hidden': 'true' }), policy),
          ...groups.flatMap(({ rows }) => {
            const row = rows.find((each) => each.policy === policy);
            return [row?.played, row && percent(row.attainment), row?.overBound === undefined ? undefined : percent(row.overBound), row?.front].map((text) => el('td', {}, String(text ?? '–')));
          }),
        ))),
    ),
  );
}
