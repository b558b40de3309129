// What a cycle of a large cluster takes: 1000 models of 3 variants with 10 replicas each, and a tenth of the models beside it for how it grows.
//
// Each size runs in a process of its own, on one thread, with the product's observer, Prometheus source, decide and actuator over transports in the same process. Building the objects and the answers
// does not count; reading the answers does. Loads move by two fifths in rhythms of five to eleven minutes, so that every cycle sees other numbers and some change a decision. Figures are medians over the
// rounds after three that warm up; the process collects its garbage before each, so that what built the answers does not count.
//
//   node bench/cycle.ts [--models N] [--variants N] [--replicas N of each variant] [--rounds N]
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MeasuredCycle } from './cycle/measure.ts';

const { values: flags } = parseArgs({
  options: {
    models: { type: 'string', default: '1000' },
    variants: { type: 'string', default: '3' },
    replicas: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '7' },
  },
});
const models = Number(flags.models);
const heapMb = 12_288;

function measure(count: number, rounds: number): MeasuredCycle {
  const program = join(import.meta.dirname, 'cycle', 'measure.ts');
  const out = execFileSync(process.execPath, [`--max-old-space-size=${heapMb}`, '--expose-gc', program, String(count), flags.variants, flags.replicas, String(rounds)], { encoding: 'utf8' });
  const measured = JSON.parse(out) as MeasuredCycle;
  console.log(
    `${String(count).padStart(5)} models, ${String(measured.replicas).padStart(5)} replicas: cycle ${measured.cycleMs.toFixed(0)} ms (${measured.cycleCpuMs.toFixed(0)} ms of CPU; look ${measured.observeMs.toFixed(0)} ms, decide ${measured.decideMs.toFixed(1)} ms, `
      + `act ${measured.actMs.toFixed(0)} ms), ${measured.queries} queries with answers of ${measured.answerMb.toFixed(0)} MB, ${measured.bytesPerReplica} bytes in use a replica, ${measured.changes} desired counts changed`,
  );
  return measured;
}

const rounds = Number(flags.rounds);
const small = measure(Math.max(1, Math.round(models / 10)), 3 * rounds);
const large = measure(models, rounds);
const growth = (name: 'decideMs' | 'cycleMs'): number => large[name] / small[name];

console.log(
  `RESULT ${JSON.stringify({
    bench: 'cycle',
    decideMs: Number(large.decideMs.toFixed(1)),
    cycleMs: Number(large.cycleMs.toFixed(0)),
    growth10x: Number(Math.max(growth('decideMs'), growth('cycleMs')).toFixed(2)),
    bytesPerReplica: large.bytesPerReplica,
    queries: large.queries,
    cycleCpuMs: Number(large.cycleCpuMs.toFixed(0)),
    observeMs: Number(large.observeMs.toFixed(0)),
    actMs: Number(large.actMs.toFixed(1)),
    decideGrowth10x: Number(growth('decideMs').toFixed(2)),
    answerMb: Number(large.answerMb.toFixed(1)),
    replicas: large.replicas,
  })}`,
);
