import { rounded } from '../../base/index.ts';
import type { Claim } from '../validate/claim.ts';
import type { Measures } from './measures.ts';
import type { Prediction } from './predict.ts';

interface Tolerance {
  readonly measure: keyof Measures;
  readonly title: string;
  readonly show: (value: number) => string;
  /** Largest relative difference, and the absolute one up to which a larger relative one does not matter. */
  readonly relative: number;
  readonly absolute?: number;
  /** For counts: the larger over the smaller. */
  readonly factor?: number;
}

const milliseconds = (value: number): string => (value < 1 ? `${rounded(1000 * value, value < 0.1 ? 1 : 0)} ms` : `${rounded(value)} s`);

/** How near a prediction has to come: by each of these a capacity planner would decide the same. */
const tolerances: readonly Tolerance[] = [
  { measure: 'completedPerMinute', title: 'requests completed a minute', show: (value) => rounded(value, 1), relative: 0.05 },
  { measure: 'tpotMedian', title: 'median TPOT', show: milliseconds, relative: 0.15 },
  { measure: 'ttftMedian', title: 'median TTFT', show: milliseconds, relative: 0.2, absolute: 0.05 },
  { measure: 'ttftP90', title: 'P90 of TTFT', show: milliseconds, relative: 0.3 },
  { measure: 'e2eP90', title: 'P90 of end-to-end time', show: milliseconds, relative: 0.2 },
  { measure: 'peakWaiting', title: 'peak queue', show: (value) => rounded(value, 0), relative: 0.2, absolute: 3 },
  { measure: 'preemptions', title: 'preemptions', show: (value) => rounded(value, 0), relative: 0, absolute: 5, factor: 1.4 },
];

/** The rows of a prediction. What neither shows makes none. */
export function claimsOf(prediction: Prediction, title: string): readonly Claim[] {
  return tolerances.flatMap(({ measure, title: what, show, relative, absolute, factor }) => {
    const seen = prediction.seen[measure];
    const ours = prediction.ours[measure];
    if (seen === undefined || ours === undefined) return [];
    const off = Math.abs(ours - seen);
    const holds =
      off <= relative * Math.abs(seen) || (absolute !== undefined && off <= absolute) || (factor !== undefined && ours > 0 && seen > 0 && Math.max(ours / seen, seen / ours) <= factor);
    const bound = factor === undefined ? `${rounded(100 * relative, 0)} %${absolute === undefined ? '' : ` or ${show(absolute)}`}` : `factor ${factor} or ${absolute}`;
    const why = holds ? undefined : explain(measure, prediction);
    return [
      {
        claim: `${title}: ${what} within ${bound}`,
        reference: show(seen),
        ours: show(ours),
        difference: seen === 0 || factor !== undefined ? signed(ours - seen, show) : `${ours >= seen ? '+' : ''}${rounded(100 * (ours / seen - 1), 1)} %`,
        verdict: holds ? 'holds' : 'misses',
        ...(why === undefined ? {} : { why }),
      } satisfies Claim,
    ];
  });
}

function signed(value: number, show: (value: number) => string): string {
  return value < 0 ? `-${show(-value)}` : `+${show(value)}`;
}

/** What a miss comes from, as far as the two sets of measures tell. */
function explain(measure: keyof Measures, { seen, ours }: Prediction): string | undefined {
  const pace = seen.tpotMedian !== undefined && ours.tpotMedian !== undefined ? ours.tpotMedian / seen.tpotMedian - 1 : 0;
  const queued = (seen.peakWaiting ?? 0) > 2 || (ours.peakWaiting ?? 0) > 2;
  const percent = `${rounded(100 * Math.abs(pace), 1)} % ${pace < 0 ? 'faster' : 'slower'}`;
  if (measure === 'ttftP90' && queued && (seen.ttftMedian ?? 0) < 1) return `The quantile lies where the queue begins: most requests did not wait, and how many did turns on single ones. The server decoded ${percent} in the model.`;
  if ((measure === 'ttftMedian' || measure === 'ttftP90' || measure === 'e2eP90' || measure === 'peakWaiting' || measure === 'preemptions') && queued) return `Waiting adds up every error of throughput: the server decoded ${percent} in the model.`;
  if ((measure === 'tpotMedian' || measure === 'e2eP90') && Math.abs(pace) > 0.1) return `The server decoded ${percent} in the model. Where the fit's ± is small, it is the machine that was faster or slower than while the fit looked.`;
  if (measure === 'completedPerMinute' && (seen.requests ?? Infinity) < 20) return `Only ${rounded(seen.requests ?? 0, 0)} requests: the end of the last one decides.`;
  return undefined;
}
