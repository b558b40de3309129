import type { PackedTimeline } from '../packed-timeline.ts';
import { el } from './dom.ts';
import { clock } from './figures.ts';

/** The sentences of a run, in step with the cursor of the pictures above. */
export interface DecisionList {
  /** Marks the last decision before the moment, and brings it into sight. */
  mark(atSeconds: number): void;
}

/**
 * @param every Those too that changed no number.
 * @param onPoint When a decision is looked at: seconds since the load began.
 */
export function listDecisions(element: HTMLElement, { decisions, ofDecisions }: PackedTimeline, every: boolean, onPoint: (atSeconds: number) => void): DecisionList {
  const listed = every ? decisions : decisions.filter(([, , from, to]) => from !== to);
  const rows = listed.map(([atSeconds, variant, from, to, why]) => {
    const time = el('button', { type: 'button' }, clock(atSeconds));
    const point = (): void => {
      onPoint(atSeconds);
    };
    time.addEventListener('click', point);
    time.addEventListener('focus', point);
    return { atSeconds, row: el('tr', {}, el('td', {}, time), el('td', {}, variant.replace(/^\d+\//, '')), el('td', {}, from === to ? `${to}` : `${from} → ${to}`), el('td', {}, why)) };
  });
  element.replaceChildren(
    rows.length === 0
      ? el('p', {}, decisions.length === 0 ? 'Nothing was decided in this run, or decisions were not kept.' : 'No decision changed a number of replicas.')
      : el(
          'table',
          {},
          ...(ofDecisions === undefined ? [] : [el('caption', {}, `${decisions.length} of ${ofDecisions} decisions were kept: the first ones that changed a number.`)]),
          el('thead', {}, el('tr', {}, ...['time', 'variant', 'replicas', 'why'].map((title) => el('th', { scope: 'col' }, title)))),
          el('tbody', {}, ...rows.map(({ row }) => row)),
        ),
  );
  let marked: HTMLElement | undefined;
  return {
    mark(atSeconds) {
      const row = rows.findLast((each) => each.atSeconds <= atSeconds)?.row;
      if (row === marked) return;
      marked?.classList.remove('chosen');
      marked = row;
      if (row === undefined) return;
      row.classList.add('chosen');
      // within the list alone: the page must not move under the reader's pointer
      if (!element.contains(document.activeElement)) element.scrollTop = row.offsetTop - element.clientHeight / 2;
    },
  };
}
