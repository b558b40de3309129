import type { Page } from '../query/targets.ts';
import { readRouterPage, type RouterPage } from './router-page.ts';

/**
 * Reads the pages of routers, each once: of the eight that an answer about two minutes holds, seven were in the answer before. A page counts as the
 * same only if each of its series is, with its value; whatever else changed is read anew.
 */
export interface RouterPageMemory {
  /** What the pages say that are a router's, in their order. */
  read(target: string, pages: readonly Page[]): RouterPage[];
  /** What was not read since the last time is forgotten. */
  turn(): void;
}

interface Known {
  readonly page: Page;
  readonly said: RouterPage | undefined;
}

export function createRouterPageMemory(): RouterPageMemory {
  let before: ReadonlyMap<string, readonly Known[]> = new Map();
  let now = new Map<string, readonly Known[]>();
  return {
    read(target, pages) {
      const known = before.get(target) ?? [];
      const read = pages.map((page): Known => known.find((one) => isSame(one.page, page)) ?? { page, said: readRouterPage(page.series, page.atMs) });
      now.set(target, read);
      return read.flatMap(({ said }) => said ?? []);
    },
    turn() {
      before = now;
      now = new Map();
    },
  };
}

/** Labels that are the same are one object, as answers are read. */
function isSame(a: Page, b: Page): boolean {
  return a.atMs === b.atMs && a.series.length === b.series.length && a.series.every(({ name, labels, value }, index) => {
    const other = b.series[index] as Page['series'][number];
    return labels === other.labels && name === other.name && Object.is(value, other.value);
  });
}
