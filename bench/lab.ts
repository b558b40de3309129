// How fast the laboratory is: the published ramp under our own engine, a million requests in a day over twenty replicas, and a back-test of a week.
// Scenarios are played in processes of their own, on one core each; the back-test goes on as many threads as it finds cores, up to four. The day runs in an old generation of 64 MB: what grew with the length of a run would end it.
//
// Memory. The peak of a day is above that of its first quarter although nothing is kept of a request that has ended: V8 doubles its young generation when enough outlives its collections, from 34 MB at
// first to 67 MB in the first hours of the day and 134 MB before noon, which is the most that it takes. From there on nothing grows: the process peaks at 262 MB in four days as in one, and where V8 may not double
// (--max-semi-space-size=16) the quarter and the day peak at 179 MB alike. So beside the peaks stands what is in use right after a collection, early and late in the day: over five days it wavered
// between 35 and 37 MB without a trend.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { benchBacktest } from './lab/backtest.ts';
import type { Played } from './lab/play.ts';

const heapMb = 64;

function play(what: 'ramp' | 'day' | 'quarter'): Played {
  const out = execFileSync(process.execPath, [`--max-old-space-size=${heapMb}`, '--expose-gc', join(import.meta.dirname, 'lab', 'play.ts'), what], { encoding: 'utf8' });
  const played = JSON.parse(out) as Played;
  const million = (count: number): string => (count / 1e6).toFixed(2);
  console.log(
    `${what.padEnd(8)} ${million(played.requests)} M requests, ${million(played.outputTokens)} M output tokens in ${played.seconds.toFixed(2)} s, `
      + `${Math.round(played.requests / played.seconds)} requests/s, ${(100 * played.attainment).toFixed(2)} % within the SLOs, peak ${played.peakMemoryMb.toFixed(0)} MB with the runtime itself, `
      + `in use ${played.usedMemoryMb.atQuarter.toFixed(1)} MB at a quarter and ${played.usedMemoryMb.atThreeQuarters.toFixed(1)} MB at three quarters`,
  );
  return played;
}

const ramp = play('ramp');
const quarter = play('quarter');
const day = play('day');
const backtest = await benchBacktest();

console.log(
  `RESULT ${JSON.stringify({
    bench: 'lab',
    rampSeconds: Number(ramp.seconds.toFixed(3)),
    daySeconds: Number(day.seconds.toFixed(2)),
    peakMemoryMb: Math.round(day.peakMemoryMb),
    quarterDayMemoryMb: Math.round(quarter.peakMemoryMb),
    usedMemoryMb: Number(day.usedMemoryMb.atThreeQuarters.toFixed(1)),
    usedMemoryGrowthMb: Number((day.usedMemoryMb.atThreeQuarters - day.usedMemoryMb.atQuarter).toFixed(1)),
    backtestSeconds: Number(backtest.backtestSeconds.toFixed(2)),
    backtestThreads: backtest.threads,
  })}`,
);
