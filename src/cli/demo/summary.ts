import { rounded } from '../../base/index.ts';
import type { WorldStats } from '../../simulator/index.ts';
import type { FollowUp } from './follow-up.ts';
import { row } from './view.ts';

export interface Ending {
  readonly seed: string;
  readonly durationMs: number;
  readonly stats: WorldStats;
  readonly followUps: readonly FollowUp[];
  readonly cycles: number;
}

/** The figures of a demo that has ended; `problems` is empty when it went as it should. */
export interface Verdict {
  readonly text: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

export function summarize({ seed, durationMs, stats, followUps, cycles }: Ending): Verdict {
  const total = (pick: (traffic: WorldStats['traffic'][number]) => number): number => stats.traffic.reduce((sum, traffic) => sum + pick(traffic), 0);
  const requests = total(({ arrivals }) => arrivals);
  const completed = total(({ completions }) => completions);
  const lost = total((traffic) => traffic.lost);
  const inFlight = total((traffic) => traffic.inFlight + traffic.held);
  const problems = [
    ...(lost > 0 ? [`${lost} of ${requests} requests were lost.`] : []),
    ...(requests === completed + lost + inFlight ? [] : [`${requests} requests came, but ${completed} were answered, ${lost} lost and ${inFlight} are under way: some are unaccounted for.`]),
    ...(requests === 0 ? ['No request came.'] : []),
    ...followUps.filter(({ changes, followed }) => changes > 0 && !followed).map(({ target }) => `The HPA of ${target} never followed.`),
    ...(followUps.some(({ followed }) => followed) ? [] : ['No HPA followed any decision.']),
  ];
  const text = [
    row(modelColumns, ['model', 'requests', 'answered', 'lost', 'TTFT p50/p99 ms', 'per token p50/p99 ms']),
    ...stats.traffic.map(({ modelID, arrivals, completions, lost: gone, overall }) =>
      row(modelColumns, [modelID, String(arrivals), String(completions), String(gone), pair(overall.ttftSeconds), pair(overall.tpotSeconds)])),
    '',
    row(targetColumns, ['scale target', 'on', 'first', 'highest', 'changes', 'now', 'followed', 'replica-hours', 'cost']),
    ...stats.targets.map(({ namespace, name, accelerator, specReplicas, replicaHours, cost }) => {
      const followUp = followUps.find(({ target }) => target === `${namespace}/${name}`);
      return row(targetColumns, [
        name,
        accelerator,
        String(followUp?.first ?? '-'),
        String(followUp?.highest ?? '-'),
        String(followUp?.changes ?? '-'),
        String(specReplicas),
        followUp?.changes === 0 ? 'steady' : followUp?.followed ? 'yes' : 'no',
        rounded(replicaHours, 3),
        rounded(cost, 3),
      ]);
    }),
  ].join('\n');
  const result = {
    bench: 'demo',
    seed,
    seconds: Math.round(durationMs / 1000),
    cycles,
    requests,
    completed,
    lost,
    inFlight,
    highestDesired: Object.fromEntries(followUps.map(({ target, highest }) => [target, highest])),
    followed: followUps.filter(({ followed }) => followed).length,
    ttftP99Ms: Object.fromEntries(stats.traffic.map(({ modelID, overall }) => [modelID, overall.ttftSeconds && Math.round(overall.ttftSeconds.p99 * 1000)])),
    cost: Number(stats.cost.toFixed(4)),
    ok: problems.length === 0,
  };
  return { text, result, problems };
}

const modelColumns = [34, -10, -10, -7, -18, -23] as const;
const targetColumns = [32, 8, -7, -9, -9, -6, -10, -15, -8] as const;

function pair(both: { p50: number; p99: number } | undefined): string {
  return both ? `${Math.round(both.p50 * 1000)}/${Math.round(both.p99 * 1000)}` : '-';
}
