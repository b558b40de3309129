import type { CustomSeriesRenderItem } from 'echarts';
import type { Interval, PolicyRow, ReportData, ReportScenario } from '../report-data.ts';
import { figure, percent, withInterval } from './figures.ts';
import { labelPlaces } from './label-places.ts';
import { axisStyle, draw, escaped, tooltipStyle } from './plotting.ts';
import type { Theme } from './theme.ts';

/** How the picture is to be read: which cost, which scale, which policies are looked at. */
export interface ParetoView {
  /** Place in an outcome: 0 money, 1 replicas, 2 GPU-hours. */
  readonly cost: 0 | 1 | 2;
  readonly scale: 'linear' | 'log';
  readonly chosen: readonly string[];
  onChoose(policy: string): void;
}

const costNames = ['money', 'average replicas', 'GPU-hours'] as const;
const axisNames = ['money, in the currency of the prices', 'average replicas', 'GPU-hours'] as const;
const costKeys = ['money', 'averageReplicas', 'gpuHours'] as const;
/** Misses below one in ten thousand stand at the edge of the logarithmic scale. */
const fewestMisses = 1e-4;

/** Attainment against cost: every policy with its intervals, the front, and what plans that know the future reach. */
export function drawPareto(element: HTMLElement, data: ReportData, scenario: ReportScenario, view: ParetoView, theme: Theme): void {
  const isLog = view.scale === 'log';
  const height = (attainment: number): number => (isLog ? Math.max(fewestMisses, 1 - attainment) : attainment * 100);
  const key = costKeys[view.cost];
  const points = pointsOf(scenario, view.cost);
  const costs = [...points.flatMap(({ cost }) => cost.filter((value) => value !== undefined)), ...scenario.bound.map((point) => point[view.cost] ?? 0)];
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const right = most + ((most - least) * 0.06 || 1);
  const front = frontOf(points.map(({ cost, attainment }) => [cost[0], attainment[0]]));
  const dominated = [...front.map(([cost, attainment]) => [cost, height(attainment)]), ...(front.length > 0 ? [[right, height(front.at(-1)?.[1] ?? 0)]] : [])];
  const floor = isLog ? 1 : 0;
  const steps = percentSteps([...points.map(({ attainment }) => attainment[0]), ...scenario.bound.map((point) => point[3] ?? 1)]);
  const colour = ({ policy }: PolicyRow): string => theme.families[data.policies[policy]?.family ?? 'peer'];
  const bars: CustomSeriesRenderItem = (_params, api) => {
    const centre = (x: number, y: number): number[] => api.coord([x, y]);
    const value = (index: number): number => Number(api.value(index));
    const stroke = api.visual('color') as string;
    const line = ([x1 = 0, y1 = 0]: number[], [x2 = 0, y2 = 0]: number[]) => ({ type: 'line' as const, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.5, opacity: 0.7 } });
    return { type: 'group', children: [line(centre(value(2), value(1)), centre(value(3), value(1))), line(centre(value(0), value(4)), centre(value(0), value(5)))] };
  };
  const picture = draw(element, {
    grid: { left: 56, right: 24, top: 52, bottom: 48 },
    legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: theme.text }, pageTextStyle: { color: theme.text }, data: ['policies', 'clairvoyant plans', 'the front'], selectedMode: false },
    tooltip: {
      trigger: 'item',
      ...tooltipStyle(theme),
      formatter: (item) => tooltip((Array.isArray(item) ? item[0] : item)?.data as { row?: PolicyRow }, data, key, view.cost),
    },
    xAxis: { type: 'value', name: axisNames[view.cost], nameLocation: 'middle', nameGap: 28, scale: true, max: right, ...axisStyle(theme), axisLabel: { color: theme.faint, showMaxLabel: false } },
    yAxis: isLog
      ? { type: 'log', inverse: true, min: fewestMisses, max: 1, ...axisStyle(theme), axisLabel: { color: theme.faint, formatter: (misses: number) => `${Number((misses * 100).toPrecision(1))} %` }, name: 'requests that missed', nameLocation: 'start', nameGap: 10, nameTextStyle: { color: theme.faint, align: 'left', padding: [0, 0, 0, -48] } }
      : { type: 'value', max: 100, min: steps.lowest, interval: steps.interval, ...axisStyle(theme), axisLabel: { color: theme.faint, formatter: '{value} %' } },
    series: [
      {
        name: 'the front',
        type: 'line',
        step: 'end',
        silent: true,
        symbol: 'none',
        color: theme.faint,
        lineStyle: { color: theme.faint, width: 1, type: 'dotted' },
        areaStyle: { color: theme.faint, opacity: 0.1, origin: isLog ? 'end' : 'start' },
        data: isLog ? dominated.map(([x, y]) => [x, Math.min(floor, y ?? 1)]) : dominated,
        z: 1,
      },
      {
        name: 'clairvoyant plans',
        type: 'line',
        color: theme.families.bound,
        lineStyle: { color: theme.families.bound, width: 2 },
        symbol: 'diamond',
        symbolSize: 7,
        data: scenario.bound.map((point) => ({ value: [point[view.cost] ?? 0, height(point[3] ?? 0)] })),
        z: 2,
      },
      {
        type: 'custom',
        silent: true,
        renderItem: bars,
        clip: true,
        data: points.map(({ row, cost, attainment }) => ({
          value: [cost[0], height(attainment[0]), cost[1] ?? cost[0], cost[2] ?? cost[0], height(attainment[1] ?? attainment[0]), height(attainment[2] ?? attainment[0])],
          itemStyle: { color: colour(row) },
        })),
        z: 3,
      },
      {
        name: 'policies',
        type: 'scatter',
        color: theme.families.peer,
        symbolSize: 10,
        cursor: 'pointer',
        labelLayout: labelPlaces(element.clientWidth),
        data: points.map(({ row, cost, attainment }) => {
          const isChosen = view.chosen.includes(row.policy);
          return {
            name: row.policy,
            row,
            value: [cost[0], height(attainment[0])],
            symbolSize: isChosen ? 15 : 10,
            itemStyle: { color: colour(row), borderColor: isChosen ? theme.text : theme.surface, borderWidth: isChosen ? 2 : 1 },
            label: { show: true, position: 'top', distance: 6, formatter: () => row.policy, color: isChosen ? theme.text : theme.faint, fontWeight: isChosen ? 'bold' : 'normal', fontSize: 11, textBorderColor: theme.surface, textBorderWidth: 3 },
          };
        }),
        z: 4,
      },
    ],
  }, theme);
  picture.off('click');
  picture.on('click', (event) => {
    if (event.seriesName === 'policies') view.onChoose(event.name);
  });
}

/** What the picture says, for those who cannot see it and those who doubt it. */
export function describePareto(scenario: ReportScenario, cost: ParetoView['cost']): string {
  const points = pointsOf(scenario, cost);
  const edge = new Set(frontOf(points.map((point) => [point.cost[0], point.attainment[0]])).map(([x, y]) => `${x} ${y}`));
  const front = points.filter((point) => edge.has(`${point.cost[0]} ${point.attainment[0]}`)).map(({ row }) => row.policy);
  const bars = scenario.rows.some(({ seeds }) => seeds > 1) ? 'Bars are 95 % intervals of the mean over seeds (Student t).' : 'One seed: there are no intervals.';
  const bound = scenario.bound.length === 0 ? 'No clairvoyant plan was played here.' : 'The line with diamonds joins plans that knew the arrivals, with the same start-up times: what deciding better can hope for.';
  return `Up and to the left is better. Grey is static, blue a published law, orange this product. In the shaded area another policy is both better and cheaper; on the front, its edge, stand ${front.join(', ')}. ${bars} ${bound}`;
}

/** An axis up to 100 % whose lowest tick is a whole step, so that no two labels stand on each other. */
function percentSteps(attainments: readonly number[]): { readonly lowest: number; readonly interval: number } {
  const least = Math.max(0, Math.min(100, ...attainments.map((attainment) => attainment * 100)) - 1);
  const interval = [1, 2, 5, 10, 20].find((step) => (100 - least) / step <= 6) ?? 20;
  return { lowest: Math.max(0, 100 - Math.ceil((100 - least) / interval) * interval), interval };
}

function pointsOf(scenario: ReportScenario, cost: ParetoView['cost']): readonly { readonly row: PolicyRow; readonly cost: Interval; readonly attainment: Interval }[] {
  return scenario.rows.flatMap((row) => {
    const paid = row.values[costKeys[cost]];
    const attainment = row.values['attainment'];
    return paid === undefined || attainment === undefined ? [] : [{ row, cost: paid, attainment }];
  });
}

function frontOf(points: readonly (readonly [cost: number, attainment: number])[]): readonly (readonly [number, number])[] {
  const front: (readonly [number, number])[] = [];
  for (const point of points.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (point[1] > (front.at(-1)?.[1] ?? -1)) front.push(point);
  }
  return front;
}

function tooltip(item: { row?: PolicyRow; value?: readonly number[] }, data: ReportData, key: string, cost: number): string {
  const { row } = item;
  if (row === undefined) return `A plan that knew the arrivals<br>${costNames[cost as 0]} ${figure(item.value?.[0] ?? 0)}`;
  const show = (name: string, text: (value: number) => string): string => {
    const value = row.values[name];
    return value === undefined ? '-' : escaped(withInterval(value, text));
  };
  return [
    `<b>${escaped(row.policy)}</b>`,
    escaped(data.policies[row.policy]?.title ?? ''),
    `attainment ${show('attainment', percent)}`,
    `${escaped(costNames[costKeys.indexOf(key as 'money')] ?? key)} ${show(key, figure)}`,
    row.values['overBound'] === undefined ? '' : `over the bound ${show('overBound', percent)}`,
    row.dominatedBy === undefined ? '' : `${escaped(row.dominatedBy)} is better and cheaper`,
  ].filter((text) => text !== '').join('<br>');
}
