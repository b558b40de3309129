import type { PackedTimeline } from '../packed-timeline.ts';
import { clock, counted, figure, seconds, secondsTick, tick } from './figures.ts';
import { axisStyle, draw, escaped, tooltipStyle, type Picture } from './plotting.ts';
import type { Theme } from './theme.ts';

/** One run whose time line is shown. */
export interface ShownRun {
  readonly policy: string;
  readonly timeline: PackedTimeline;
}

export interface TimelineView {
  readonly first: ShownRun;
  /** Another policy on the same seed, drawn beside it. */
  readonly second?: ShownRun;
  /** Place of the model in the scenario. */
  readonly model: number;
  readonly slo?: { readonly ttftSeconds: number; readonly tpotSeconds: number };
  /** When the cursor moves; seconds since the load began. */
  onCursor(atSeconds: number): void;
}

interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly color: string;
  readonly dashed?: boolean;
  readonly step?: boolean;
  /** Filled, on top of the filled ones before. */
  readonly stack?: boolean;
  readonly width?: number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly height: number;
  /** A value at the cursor, and one on the axis. */
  readonly text: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly limit?: number;
  /** Counts, which have no halves on the axis. */
  readonly whole?: true;
  /** Times of decisions that changed a number: up and down. */
  readonly marks?: readonly { readonly atSeconds: number; readonly value: number; readonly up: boolean }[];
}

const gap = 48;
/** Where it is narrow the names of the lines stand below the title, in a row of their own. */
const legendRow = 18;
const top = 12;
/** An axis that shows a limit goes so far beyond it. */
const beyondLimit = 1.08;

/** Load, replicas, latencies, waiting and decisions under each other, on one axis and with one cursor. */
export function drawTimelines(element: HTMLElement, view: TimelineView, theme: Theme): Picture {
  const panels = panelsOf(view, theme);
  const isNarrow = element.clientWidth < 560;
  const left = isNarrow ? 44 : 60;
  let y = top;
  const places = panels.map(({ height }) => {
    const place = { top: y + 22 + (isNarrow ? legendRow : 0), height };
    y += height + gap + (isNarrow ? legendRow : 0);
    return place;
  });
  element.style.height = `${y + 46}px`;
  const rows = rowsOf(view);
  const step = view.first.timeline.stepSeconds;
  const last = Math.max(1, rows - 1) * step;
  const axis = axisStyle(theme);
  // about 8.2 pixels a letter; the legend begins behind it
  const titleWidth = (title: string): number => (isNarrow ? element.clientWidth : Math.max(180, Math.min(title.length * 8.2, element.clientWidth * 0.5)));
  const names = panels.map(({ lines }) => new Set(lines.map(({ name }) => name)));
  const picture = draw(element, {
    useUTC: true,
    axisPointer: { link: [{ xAxisIndex: 'all' }], lineStyle: { color: theme.text, width: 1 }, snap: true, label: { show: false } },
    title: panels.map(({ title }, index) => ({ text: title, left: 0, top: (places[index]?.top ?? 0) - 27 - (isNarrow ? legendRow : 0), textStyle: { color: theme.text, fontSize: 12.5, fontWeight: 600, width: titleWidth(title), overflow: 'truncate' as const } })),
    legend: panels.map(({ title }, index) => ({
      top: (places[index]?.top ?? 0) - 28,
      right: 0,
      left: isNarrow ? 0 : titleWidth(title) + 12,
      align: 'left',
      type: 'scroll',
      itemWidth: 14,
      itemHeight: 8,
      textStyle: { color: theme.faint, fontSize: 11 },
      pageTextStyle: { color: theme.faint },
      pageIconColor: theme.text,
      pageIconInactiveColor: theme.line,
      data: [...(names[index] ?? [])],
    })),
    grid: places.map((place) => ({ ...place, left, right: 14 })),
    tooltip: { trigger: 'axis', ...tooltipStyle(theme), formatter: (items) => tooltip(Array.isArray(items) ? items : [items], panels, view.first) },
    xAxis: panels.map((_, index) => ({
      ...axis,
      // as milliseconds of a day that nobody sees, so that ticks are whole minutes and hours
      type: 'time',
      gridIndex: index,
      min: 0,
      max: last * 1000,
      axisLabel: { color: theme.faint, fontSize: 11, show: index === panels.length - 1, formatter: (atMs: number) => clock(atMs / 1000), hideOverlap: true, showMaxLabel: false },
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ tick, whole, limit }, index) => ({
      ...axis,
      type: 'value',
      gridIndex: index,
      min: 0,
      // a limit that is near is shown; one that is far would press the line flat, and stands in the title
      ...(limit !== undefined && { max: ({ max }: { max: number }) => (max < limit && max > limit / 4 ? limit * beyondLimit : null) as number }),
      ...(whole === true && { minInterval: 1 }),
      splitNumber: 3,
      // the end of the axis that a limit made is no number for people
      axisLabel: { color: theme.faint, fontSize: 11, formatter: (value: number) => (limit !== undefined && value === limit * beyondLimit ? '' : tick(value)) },
    })),
    dataZoom: [
      { type: 'inside', xAxisIndex: panels.map((_, index) => index), zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false },
      { type: 'slider', xAxisIndex: panels.map((_, index) => index), bottom: 8, height: 22, left, right: 14, borderColor: theme.line, textStyle: { color: theme.faint }, labelFormatter: (atMs: number) => clock(atMs / 1000), showDataShadow: false, fillerColor: 'rgba(128,128,128,0.18)' },
    ],
    series: panels.flatMap((panel, index) => [
      ...panel.lines.map(({ name, values, color, dashed, step: isStep, stack, width }, place) => ({
        id: `${index}/${name}`,
        name,
        type: 'line' as const,
        xAxisIndex: index,
        yAxisIndex: index,
        symbol: 'none',
        ...(isStep === true && { step: 'end' as const }),
        ...(stack === true ? { stack: `stack-${index}`, areaStyle: { color, opacity: 0.45 } } : {}),
        color,
        lineStyle: { color, width: stack === true ? 0.5 : (width ?? 1.6), type: dashed === true ? ('dashed' as const) : ('solid' as const) },
        data: values.map((value, row) => [row * step * 1000, value]),
        ...(place === 0 && panel.limit !== undefined && {
          markLine: { silent: true, symbol: 'none', lineStyle: { color: theme.limit, type: 'dashed' as const, width: 1.2 }, label: { formatter: `SLO ${panel.tick(panel.limit)}`, position: 'insideEndTop' as const, color: theme.limit, fontSize: 11 }, data: [{ yAxis: panel.limit }] },
        }),
      })),
      ...(panel.marks === undefined ? [] : [marks(panel.marks, index, theme)]),
    ]),
  }, theme);
  picture.off('updateAxisPointer');
  picture.on('updateAxisPointer', (event) => {
    const info = (event as { axesInfo?: readonly { axisDim: string; value: number }[] }).axesInfo?.find(({ axisDim }) => axisDim === 'x');
    if (info !== undefined) view.onCursor(info.value / 1000);
  });
  return picture;
}

/** Puts the cursor there, as a pointer over the picture would. */
export function pointAt(picture: Picture, view: TimelineView, atSeconds: number): void {
  const row = Math.min(rowsOf(view) - 1, Math.max(0, Math.round(atSeconds / view.first.timeline.stepSeconds)));
  picture.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: row });
}

function rowsOf({ first, second }: TimelineView): number {
  return Math.max(...[first, ...(second === undefined ? [] : [second])].map(({ timeline }) => timeline.models[0]?.arrivalsPerSecond.length ?? 0));
}

function marks(all: NonNullable<Panel['marks']>, index: number, theme: Theme) {
  return {
    id: `${index}/decisions`,
    name: 'decisions',
    type: 'scatter' as const,
    xAxisIndex: index,
    yAxisIndex: index,
    symbol: 'triangle',
    symbolSize: 7,
    silent: true,
    tooltip: { show: false },
    data: all.map(({ atSeconds, value, up }) => ({ value: [atSeconds * 1000, value], symbolRotate: up ? 0 : 180, itemStyle: { color: theme.text, opacity: 0.8 } })),
    z: 5,
  };
}

function panelsOf(view: TimelineView, theme: Theme): readonly Panel[] {
  const { first, second, slo, model } = view;
  const both = [
    { ...first, color: theme.first, dashed: false, ready: 'ready' },
    ...(second === undefined ? [] : [{ ...second, color: theme.second, dashed: true, ready: `${second.policy} ready` }]),
  ];
  const of = (name: 'ttftP90Seconds' | 'tpotP90Seconds' | 'waiting'): readonly Line[] =>
    both.map(({ policy, timeline, color, dashed }) => ({ name: policy, values: timeline.models[model]?.[name] ?? [], color, dashed }));
  const load = first.timeline.models[model];
  const replicas = both.flatMap(({ policy, timeline, color, ready: readyName }): Panel[] =>
    timeline.variants
      .filter(({ variant }) => variant.startsWith(`${model}/`) || !variant.includes('/'))
      .map(({ variant, spec, ready, starting, draining, need }) => ({
        title: `Replicas, ${policy}${timeline.variants.length > 1 ? `, ${variant.replace(/^\d+\//, '')}` : ''}`,
        height: 110,
        whole: true,
        text: counted,
        tick,
        lines: [
          { name: readyName, values: ready, color, stack: true, step: true },
          { name: 'starting', values: starting, color: theme.starting, stack: true, step: true },
          { name: 'draining', values: draining, color: theme.draining, stack: true, step: true },
          { name: 'asked for', values: spec, color: theme.text, step: true, width: 1.2 },
          ...(need === undefined ? [] : [{ name: 'needed', values: need, color: theme.need, dashed: true, step: true, width: 1.6 }]),
        ],
        marks: timeline.decisions
          .filter(([, key, from, to]) => key === variant && from !== to)
          .map(([atSeconds, , from, to]) => ({ atSeconds, value: to, up: to > from })),
      })));
  return [
    {
      title: 'Load, requests/s',
      height: 80,
      text: figure,
        tick,
      lines: [
        { name: 'arrived', values: load?.arrivalsPerSecond ?? [], color: theme.faint, width: 1 },
        { name: 'offered', values: load?.offeredPerSecond ?? [], color: theme.text },
      ],
    },
    ...replicas,
    { title: `P90 TTFT${slo === undefined ? '' : `, SLO ${secondsTick(slo.ttftSeconds)}`}`, height: 100, text: seconds, tick: secondsTick, lines: of('ttftP90Seconds'), ...(slo !== undefined && { limit: slo.ttftSeconds }) },
    { title: `P90 TPOT${slo === undefined ? '' : `, SLO ${secondsTick(slo.tpotSeconds)}`}`, height: 100, text: seconds, tick: secondsTick, lines: of('tpotP90Seconds'), ...(slo !== undefined && { limit: slo.tpotSeconds }) },
    { title: 'Waiting requests', height: 80, text: counted, tick, lines: of('waiting') },
  ];
}

function tooltip(items: readonly unknown[], panels: readonly Panel[], { policy, timeline }: ShownRun): string {
  const seen = items as readonly { seriesId?: string; seriesName?: string; marker?: string; value?: readonly (number | null)[] }[];
  const at = (seen[0]?.value?.[0] ?? 0) / 1000;
  const lines = panels.flatMap(({ title, text }, index) => {
    const own = seen.filter(({ seriesId, seriesName }) => seriesId?.startsWith(`${index}/`) === true && seriesName !== 'decisions');
    if (own.length === 0) return [];
    const values = own.map(({ seriesName = '', marker = '', value }) => `${marker}${escaped(seriesName)} <b>${value?.[1] === null || value?.[1] === undefined ? '-' : escaped(text(value[1]))}</b>`);
    return [`<div><span style="opacity:.7">${escaped(title)}</span><br>${values.join(' &nbsp; ')}</div>`];
  });
  const decision = timeline.decisions.findLast(([atSeconds, , from, to]) => atSeconds <= at && from !== to);
  const why = decision === undefined
    ? ''
    : `<div style="max-width:420px;white-space:normal"><span style="opacity:.7">${escaped(policy)} last decided at ${clock(decision[0])}${timeline.variants.length > 1 ? `, ${escaped(decision[1].replace(/^\d+\//, ''))}` : ''}</span><br>${decision[2]} → ${decision[3]}: ${escaped(decision[4])}</div>`;
  return `<b>${clock(at)}</b>${lines.join('')}${why}`;
}
