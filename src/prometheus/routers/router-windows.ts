import type { RouterReadings } from '../../model/index.ts';
import { windowRules } from '../window/history.ts';
import type { RouterPage } from './router-page.ts';
import { emptyRouterHistory, extendedRouter, readingsOfRouter, type RouterHistory } from './router-window.ts';

/** The windows of routers, for who has their pages already: the laboratory. */
export interface RouterWindows {
  /** What a router says of each model, up to this page. A page that is no newer than the last one changes nothing. */
  see(router: string, page: RouterPage): ReadonlyMap<string, RouterReadings>;
}

/** @param windowMs rates are over this long, as nearly as the pages allow; 60 000 as everywhere in the product. */
export function createRouterWindows(windowMs = 60_000): RouterWindows {
  const rules = windowRules(windowMs);
  const histories = new Map<string, RouterHistory>();
  return {
    see(router, page) {
      const history = extendedRouter(histories.get(router) ?? emptyRouterHistory, page, rules);
      histories.set(router, history);
      return readingsOfRouter(history, rules, page);
    },
  };
}
