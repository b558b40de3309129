import type * as ECharts from 'echarts';
import type { Theme } from './theme.ts';

declare const echarts: typeof ECharts;

export type Picture = ECharts.ECharts;
export type PictureOption = ECharts.EChartsOption;

const drawn = new Map<HTMLElement, Picture>();

/** Draws, or draws anew. As SVG: sharp on paper, and its text is text. */
export function draw(element: HTMLElement, option: PictureOption, theme: Theme): Picture {
  let picture = drawn.get(element);
  if (picture === undefined) {
    picture = echarts.init(element, null, { renderer: 'svg' });
    drawn.set(element, picture);
    new ResizeObserver(() => drawn.get(element)?.resize()).observe(element);
  }
  picture.resize();
  picture.setOption({ animation: false, textStyle: { color: theme.text, fontFamily: getComputedStyle(element).fontFamily }, ...option }, { notMerge: true });
  return picture;
}

/** What a tooltip looks like on this page. */
export function tooltipStyle(theme: Theme): Record<string, unknown> {
  return { backgroundColor: theme.surface, borderColor: theme.line, textStyle: { color: theme.text, fontSize: 12 }, confine: true };
}

/** Text for the inside of a tooltip, which is the one place where the library takes markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function axisStyle(theme: Theme): Record<string, unknown> {
  return {
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { lineStyle: { color: theme.line } },
    axisLabel: { color: theme.faint, fontSize: 11 },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.5 } },
    nameTextStyle: { color: theme.faint, fontSize: 12 },
  };
}
