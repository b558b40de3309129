// How fast the laboratory is: the published ramp under our own engine, a million requests in a day over twenty replicas, and a back-test of a week.
// Scenarios are played in processes of their own, on one core each; the back-test goes on as many threads as it finds cores, up to four. The day runs in a heap of 64 MB: what grew with the length of a run would end it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { benchBacktest } from './lab/backtest.ts';
import type { Played } from './lab/play.ts';

const heapMb = 64;

function play(what: 'ramp' | 'day' | 'quarter'): Played {
  const out = execFileSync(process.execPath, [`--max-old-space-size=${heapMb}`, join(import.meta.dirname, 'lab', 'play.ts'), what], { encoding: 'utf8' });
  const played = JSON.parse(out) as Played;
  const million = (count: number): string => (count / 1e6).toFixed(2);
  console.log(
    `${what.padEnd(8)} ${million(played.requests)} M requests, ${million(played.outputTokens)} M output tokens in ${played.seconds.toFixed(2)} s, `
      + `${Math.round(played.requests / played.seconds)} requests/s, ${(100 * played.attainment).toFixed(2)} % within the SLOs, peak ${played.peakMemoryMb.toFixed(0)} MB with the runtime itself`,
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
    backtestSeconds: Number(backtest.backtestSeconds.toFixed(2)),
    backtestThreads: backtest.threads,
  })}`,
);
