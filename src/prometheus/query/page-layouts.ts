import { pageReader, type PageReader } from '../engines/page-reader.ts';
import type { SeriesIdentity } from '../engines/page-series.ts';
import { seriesNames } from '../engines/names.ts';

/** How the pages of some targets are read. */
export interface PageLayout {
  /** `undefined` where no known engine shows such pages. */
  readonly reader: PageReader | undefined;
  /** By column, 1 where it counts and so never goes back while the server runs. */
  readonly counts: Uint8Array;
}

export interface PageLayouts {
  of(columns: readonly SeriesIdentity[]): PageLayout;
}

/** Layouts are the same for all targets that differ only in what is the same all over a page, such as the model's name. */
export function createPageLayouts(): PageLayouts {
  const layouts = new Map<string, PageLayout>();
  return {
    of(columns) {
      const key = keyOf(columns);
      let layout = layouts.get(key);
      if (!layout) {
        const counts = Uint8Array.from(columns, ({ name }) => (seriesNames.get(name)?.metric.form === 'gauge' ? 0 : 1));
        layouts.set(key, (layout = { reader: pageReader(columns), counts }));
      }
      return layout;
    },
  };
}

/** Labels that say something although they are the same on the whole page. */
const telling: ReadonlySet<string> = new Set(['engine', 'dp_rank', 'finished_reason', 'mode', 'sleep_state']);

function keyOf(columns: readonly SeriesIdentity[]): string {
  const sets = new Set(columns.map(({ labels }) => labels));
  const varying = new Set<string>();
  const [first = {}] = sets;
  for (const labels of sets) {
    for (const label in labels) if (telling.has(label) || labels[label] !== first[label]) varying.add(label);
    for (const label in first) if (labels[label] !== first[label]) varying.add(label);
  }
  const kept = [...varying].toSorted();
  const texts = new Map([...sets].map((labels) => [labels, `${labels['model_name'] ? 'named' : ''}{${kept.map((label) => (labels[label] === undefined ? '' : `${label}=${JSON.stringify(labels[label])}`)).join()}}`]));
  return columns.map(({ name, labels }) => name + (texts.get(labels) ?? '')).join('\n');
}
