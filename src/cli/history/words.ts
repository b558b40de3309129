import type { HistoryGap, Ledger, Moment } from '../../lab/history/index.ts';

/** What no replay of a history can know; said with every result. */
export const limits: readonly string[] = [
  'Open loop: each decision is made from what was truly there. With other replicas the metrics after it would have been others, and so would the decisions.',
  'A target that never followed keeps being asked for the same: where fewer replicas would do, one step down is counted again and again, and not the steps that would have followed it.',
  'Misses are predicted from the load that was seen, shared out over other numbers of replicas; requests that waited in a router, clients that gave up and queues that would have grown longer are not in it.',
];

export function money(value: number): string {
  return value.toFixed(Math.abs(value) >= 1000 ? 0 : 2);
}

export function hours(value: number): string {
  return value.toFixed(Math.abs(value) >= 1000 ? 0 : 2);
}

export function signed(value: number, write: (value: number) => string): string {
  return `${value > 0 ? '+' : ''}${write(value)}`;
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(2)} %`;
}

export function instant(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace(/\.000Z$/, 'Z');
}

/** From and to; the day is said once where it is the same. */
export function stretch(fromMs: number, toMs: number): string {
  const [from, to] = [instant(fromMs), instant(toMs)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from.slice(0, -1)} to ${to.slice(11)}` : `${from} to ${to}`;
}

/** `first` and `second` name whose numbers a moment holds. */
export function momentLines({ variant, fromMs, toMs, replicaHours, money: cost, peak }: Moment, first: string, second: string): string[] {
  return [
    `  ${stretch(fromMs, toMs)}  ${variant}: ${peak.actual} ${first}, ${peak.decided} ${second} at ${instant(peak.atMs).slice(11)} (${peak.reason}); ${signed(replicaHours, hours)} replica-hours, ${signed(cost, money)} of cost`,
    ...peak.sentences.map((sentence) => `      ${sentence}`),
  ];
}

export function gapLines(gaps: readonly HistoryGap[]): string[] {
  const shown = gaps.slice(0, 5).map(({ fromMs, toMs, why }) => (fromMs === toMs ? `  ${why}` : `  ${stretch(fromMs, toMs)}: ${why}`));
  return gaps.length > shown.length ? [...shown, `  and ${gaps.length - shown.length} more.`] : shown;
}

export function missLine({ misses }: Ledger): string {
  if (misses.requests === 0) return 'Predicted misses: arrivals are not known, so none can be.';
  return `Predicted misses, of ${Math.round(misses.requests)} requests: ${share(misses.actual, misses.requests)} with what there was, ${share(misses.decided, misses.requests)} with what would have been.`;
}
