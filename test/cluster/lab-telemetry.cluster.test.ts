import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scenarioSchema } from '../../src/lab/scenario/scenario.ts';
import { createTelemetry } from '../../src/lab/stage/telemetry/questions.ts';
import { startScraper, type Scraper, type Target } from '../../src/lab/stage/telemetry/scraper.ts';
import { createTrack } from '../../src/lab/stage/telemetry/track.ts';
import type { HistogramName, Telemetry } from '../../src/lab/stage/index.ts';
import { openTheatre, type Theatre } from '../../src/lab/stage/theatre.ts';
import { createPrometheusClient } from '../../src/prometheus/index.ts';
import { createManualClock, createNodeTransport, createRandom } from '../../src/runtime/index.ts';
import { componentPath, describeGenuine, freePorts, startProgram, untilReady, type Program } from '../support/genuine/index.ts';

/**
 * What the laboratory's telemetry answers, held against a genuine Prometheus that has the same samples: engines that come and go
 * while load rises and falls, scraped every 5 s at a place of each one's own, asked at moments between scrapes.
 */
const baseMs = 1_760_000_000_000;
const untilMs = 1_500_000;
const scenario = scenarioSchema.parse({
  name: 'telemetry', title: 'Telemetry', description: 'Pods come and go under load.', usedInDesign: false, durationSeconds: 1500,
  models: [
    {
      id: 'm',
      slo: { ttftSeconds: 2, tpotSeconds: 0.1 },
      traffic: [
        {
          kind: 'stages', repeat: true, stages: [{ seconds: 200, ratePerSecond: 1, toPerSecond: 12 }, { seconds: 100, ratePerSecond: 3 }, { seconds: 60, ratePerSecond: 0 }],
          prompt: { mean: 900, standardDeviation: 400, lowest: 50, highest: 4000 }, output: { mean: 200, standardDeviation: 120, lowest: 1, highest: 900 },
        },
      ],
      variants: [{ name: 'v', profile: 'llama-3.1-8b-l40s', minReplicas: 1, maxReplicas: 6, initialReplicas: 2, startup: { meanSeconds: 20 } }],
    },
  ],
});

describeGenuine('the telemetry of the laboratory', ['prometheus', 'promtool'], () => {
  let folder: string;
  let program: Program;
  let baseUrl: string;
  const sockets = createNodeTransport();
  const moments = [47_300, 121_000, 333_333, 480_001, 612_500, 700_000, 903_210, 1_111_111, 1_333_000, 1_499_999];
  const told: { readonly atMs: number; readonly query: string; readonly answer: ReadonlyMap<string, number> }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wva-lab-telemetry-'));
    const { theatre, scraper, telemetry } = perform();
    for (const atMs of moments) {
      theatre.agenda.runUntil(atMs);
      for (const [query, answer] of questions(telemetry)) told.push({ atMs, query, answer });
    }
    theatre.agenda.runUntil(untilMs);
    writeFileSync(join(folder, 'samples.om'), openMetrics(scraper));
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
    const made = spawnSync(componentPath('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'samples.om'), join(folder, 'data')], { encoding: 'utf8', timeout: 60_000 });
    expect(made.status, made.stderr + made.stdout).toBe(0);
    const [port] = await freePorts(1);
    baseUrl = `http://127.0.0.1:${port}`;
    program = startProgram({
      command: componentPath('prometheus'), logFile: join(folder, 'prometheus.log'), cwd: folder,
      args: [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--storage.tsdb.retention.time=50y', `--web.listen-address=127.0.0.1:${port}`],
    });
    await untilReady(program, async () => (await sockets({ method: 'GET', url: `${baseUrl}/-/ready` })).status === 200);
  });
  afterAll(async () => {
    await program?.kill();
    await sockets.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  it('answers as Prometheus does, to nine digits', async () => {
    let numbers = 0;
    for (const { atMs, query, answer } of told) {
      const clock = createManualClock(baseMs + atMs);
      const client = createPrometheusClient({ baseUrl, clock, transport: (request) => sockets({ ...request, url: `${request.url}&time=${clock.now() / 1000}` }) });
      const { series } = await client.instant(query, { signal: new AbortController().signal });
      const genuine = new Map(series.map(({ metric, points }) => [metric['pod'] ?? '', points[0]?.value ?? NaN] as const).filter(([, value]) => !Number.isNaN(value)));
      expect([...answer.keys()].toSorted(), `${query} at ${atMs}`).toEqual([...genuine.keys()].toSorted());
      for (const [pod, value] of answer) {
        const wanted = genuine.get(pod) as number;
        expect(Math.abs(value - wanted), `${query} at ${atMs}: ${value}, Prometheus says ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
        numbers += 1;
      }
    }
    console.log(`${told.length} questions, ${numbers} numbers: as Prometheus says.`);
    expect(numbers).toBeGreaterThan(500);
  });

  it('lets go of a target that says nothing as Prometheus does: at once for instants, and not for ranges', () => {
    // minutes, one sample each; promtool knows staleness marks
    const track = createTrack(3_600_000);
    const value = (atMs: number): number | undefined => (track.instant(atMs) < 0 ? undefined : track.value(track.instant(atMs), 0));
    for (let minute = 0; minute < 3; minute++) track.append(minute * 60_000, Float64Array.of(minute * 10));
    expect([120_000, 179_000].map(value)).toEqual([20, 20]);
    track.markStale(180_000);
    expect([180_000, 200_000].map(value)).toEqual([undefined, undefined]);
    expect(track.range(240_000, 300_000)).toEqual({ first: 0, last: 2 });
    const silent = createTrack(3_600_000);
    silent.append(0, Float64Array.of(1));
    expect([299_999, 300_000].map((atMs) => silent.instant(atMs))).toEqual([0, -1]);
    const rules = `evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'a', values: '0 10 20 stale' }
      - { series: 'b', values: '1' }
    promql_expr_test:
      - { expr: 'a', eval_time: 2m, exp_samples: [{ labels: 'a', value: 20 }] }
      - { expr: 'a', eval_time: 2m59s, exp_samples: [{ labels: 'a', value: 20 }] }
      - { expr: 'a', eval_time: 3m, exp_samples: [] }
      - { expr: 'a', eval_time: 3m20s, exp_samples: [] }
      - { expr: 'count_over_time(a[5m])', eval_time: 4m, exp_samples: [{ labels: '{}', value: 3 }] }
      - { expr: 'b', eval_time: 299s, exp_samples: [{ labels: 'b', value: 1 }] }
      - { expr: 'b', eval_time: 300s, exp_samples: [] }
`;
    writeFileSync(join(folder, 'stale.yml'), rules);
    const tested = spawnSync(componentPath('promtool'), ['test', 'rules', join(folder, 'stale.yml')], { encoding: 'utf8', timeout: 60_000 });
    expect(tested.status, tested.stdout + tested.stderr).toBe(0);
  });
});

function perform(): { readonly theatre: Theatre; readonly scraper: Scraper; readonly telemetry: Telemetry } {
  const theatre = openTheatre({ scenario, seed: 3 });
  const { agenda, models, fleet } = theatre;
  const keepMs = 2 * untilMs;
  const scraper = startScraper({
    agenda, random: createRandom('scraper'), faults: [], models: models.map(({ router, engines }) => ({ router, engines })),
    onPod: theatre.onPod, isThere: theatre.isThere, enginesMs: 5000, routerMs: 5000, keepMs,
  });
  for (const [atMs, replicas] of [[100_000, 5], [600_000, 2], [900_000, 6]] as const) agenda.at(atMs, () => fleet.scale('0/v', replicas));
  for (const { clients } of models) clients.start();
  return { theatre, scraper, telemetry: createTelemetry(scraper, () => agenda.now(), keepMs) };
}

/** What is asked, in PromQL, with what our telemetry says. Instant questions only of who is there: backfilled samples have no staleness marks. */
function* questions(telemetry: Telemetry): Generator<readonly [query: string, answer: ReadonlyMap<string, number>]> {
  const all = { model: 0 };
  const one = (value: number | undefined): ReadonlyMap<string, number> => new Map(value === undefined ? [] : [['', value]]);
  const there = telemetry.pods(all).join('|');
  for (const name of ['running', 'waiting', 'kvUsedFraction'] as const) {
    yield [`engine_${name}{pod=~"${there}"}`, telemetry.gauge(name, all)];
    for (const seconds of [30, 300]) {
      yield [`avg_over_time(engine_${name}[${seconds}s])`, telemetry.averageOverTime(name, all, seconds * 1000)];
      yield [`max_over_time(engine_${name}[${seconds}s])`, telemetry.maximumOverTime(name, all, seconds * 1000)];
    }
  }
  for (const seconds of [9, 30, 60, 300]) {
    for (const name of ['requests', 'promptTokens', 'generationTokens', 'preemptions'] as const) {
      yield [`sum(rate(engine_${name}[${seconds}s]))`, one(telemetry.rate(name, all, seconds * 1000))];
      yield [`sum by (pod) (rate(engine_${name}[${seconds}s]))`, telemetry.rateByPod(name, all, seconds * 1000)];
    }
    for (const name of ['ttft', 'interToken', 'endToEnd', 'queue', 'promptTokens'] as const satisfies readonly HistogramName[]) {
      for (const q of [0.1, 0.5, 0.9, 0.99]) {
        yield [`histogram_quantile(${q}, sum by (le) (rate(engine_hist_${name}_bucket[${seconds}s])))`, one(telemetry.quantile(q, name, all, seconds * 1000))];
      }
      yield [`sum(rate(engine_hist_${name}_sum[${seconds}s])) / sum(rate(engine_hist_${name}_count[${seconds}s]))`, one(telemetry.mean(name, all, seconds * 1000))];
    }
    yield [`sum(rate(router_requests[${seconds}s]))`, one(telemetry.routerRate('requests', 0, seconds * 1000))];
    const inFlight = telemetry.routerAverage('inFlight', 0, seconds * 1000);
    yield [`avg_over_time(router_inFlight[${seconds}s])`, new Map(inFlight === undefined ? [] : [['router/0', inFlight]])];
    for (const q of [0.5, 0.9]) yield [`histogram_quantile(${q}, sum by (le) (rate(router_hist_ttft_bucket[${seconds}s])))`, one(telemetry.routerQuantile(q, 'ttft', 0, seconds * 1000))];
  }
}

function openMetrics(scraper: Scraper): string {
  const lines = [...scraper.engines.flatMap((target) => samplesOf('engine', target)), ...scraper.routers.flatMap((target) => samplesOf('router', target)), '# EOF', ''];
  return lines.join('\n');
}

function samplesOf(prefix: string, { name, layout, track }: Target): string[] {
  const lines: string[] = [];
  const { first, last } = track.range(untilMs, 2 * untilMs);
  for (let index = first; index <= last; index++) {
    const seconds = (baseMs + track.atMs(index)) / 1000;
    for (const [series, column] of layout.column) lines.push(`${prefix}_${series}{pod="${name}"} ${track.value(index, column)} ${seconds}`);
    for (const [series, { bounds, start, sum, count }] of layout.histogram) {
      let cumulative = 0;
      for (const [bucket, bound] of [...bounds, '+Inf'].entries()) {
        cumulative += track.value(index, start + bucket);
        lines.push(`${prefix}_hist_${series}_bucket{pod="${name}",le="${bound}"} ${cumulative} ${seconds}`);
      }
      lines.push(`${prefix}_hist_${series}_sum{pod="${name}"} ${track.value(index, sum)} ${seconds}`, `${prefix}_hist_${series}_count{pod="${name}"} ${track.value(index, count)} ${seconds}`);
    }
  }
  return lines;
}
