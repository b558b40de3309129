import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareWithin, type ReplicaReadings } from '../../src/model/index.ts';
import { createPrometheusClient, createPrometheusSource, createScrapeSource, type PodAddress } from '../../src/prometheus/index.ts';
import { createManualClock, createNodeTransport, textResponse, type Transport } from '../../src/runtime/index.ts';
import { componentPath, describeGenuine, freePorts, startProgram, untilReady, type Program } from '../support/genuine/index.ts';
import { readTape, tapeNames, type Tape } from '../wire/tape.ts';

/**
 * The same recordings once as pods that are asked directly, and once as the history of a genuine Prometheus
 * that is asked about the same moments: the readings must be the same to the last digit. Each tape has other
 * target labels, as scrape configurations give them: plain, renamed by a clash, and none but `instance`.
 */
const baseMs = 1_760_000_000_000;
const tapes = tapeNames().toSorted();
const dressings: readonly ((pod: PodAddress) => string)[] = [
  ({ namespace, pod, ip }) => `namespace="${namespace}",pod="${pod}",instance="${ip}:8000",job="models"`,
  ({ namespace, pod }) => `namespace="gateway",pod="collector-0",exported_namespace="${namespace}",exported_pod="${pod}",instance="10.9.9.9:9090",job="federated"`,
  ({ ip }) => `instance="${ip}:8000",job="by-address"`,
];
const pods: readonly PodAddress[] = tapes.map((pod, index) => ({
  namespace: 'models', pod, uid: `uid-${pod}`, ip: `10.0.0.${index + 1}`, ports: [8000], engine: 'vllm', modelID: 'tiny/llama',
}));

if (tapes.length === 0) console.warn('skipped: recordings in the history of a genuine Prometheus (no recordings in ../shared/tapes, nor where WVA_TAPES says)');

describe.skipIf(tapes.length === 0)('recordings of a genuine server (../shared/tapes or WVA_TAPES)', () => {
  describeGenuine('in the history of a genuine Prometheus', ['prometheus', 'promtool'], () => {
    let folder: string;
    let program: Program;
    let baseUrl: string;
    const sockets = createNodeTransport();

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wva-tapes-'));
      writeFileSync(join(folder, 'tapes.om'), openMetrics(tapes.map(readTape)));
      writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
      const made = spawnSync(componentPath('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'tapes.om'), join(folder, 'data')], { encoding: 'utf8', timeout: 60_000 });
      expect(made.status, made.stderr + made.stdout).toBe(0);
      const [port] = await freePorts(1);
      baseUrl = `http://127.0.0.1:${port}`;
      program = startProgram({
        command: componentPath('prometheus'),
        logFile: join(folder, 'prometheus.log'),
        cwd: folder,
        args: [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          '--storage.tsdb.retention.time=50y',
          `--web.listen-address=127.0.0.1:${port}`,
        ],
      });
      await untilReady(program, async () => (await sockets({ method: 'GET', url: `${baseUrl}/-/ready` })).status === 200);
    });
    afterAll(async () => {
      await program?.kill();
      await sockets.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    });

    it('give the same readings as pods that are asked directly, digit by digit', async () => {
      const clock = createManualClock(baseMs);
      // what production asks about now is asked about the moments of the recording
      const then: Transport = (request) => sockets({ ...request, url: `${request.url}&time=${clock.now() / 1000}` });
      let queries = 0;
      const prometheus = createPrometheusSource({ baseUrl, clock, transport: (request) => (queries++, then(request)) });
      const pages = new Map<string, string>();
      const scrape = createScrapeSource({ clock, transport: async ({ url }) => textResponse(pages.has(url) ? 200 : 503, pages.get(url) ?? '') });
      const signal = new AbortController().signal;
      let compared = 0;
      let rates = 0;
      let shares = 0;
      let furthest = 0;
      for (const [index, tape] of tapes.map(readTape).entries()) {
        const pod = pods[index] as PodAddress;
        let atMs = clock.now();
        const startMs = baseMs + startOf(index);
        for (const page of tape.pages) {
          await clock.advance(startMs + Math.round(page.atS * 1000) - atMs);
          atMs = clock.now();
          pages.set(`http://${pod.ip}:8000/metrics`, page.text);
          const direct = await scrape.collect([pod], signal);
          const asked = await prometheus.look(pods, signal);
          expect(direct.problems).toEqual([]);
          expect(asked.problems).toEqual([]);
          expect(asked.pods[index]?.modelName).toBe('tiny/llama');
          const fromPod = direct.pods[0]?.readings as ReplicaReadings;
          const fromPrometheus = asked.pods[index]?.readings as ReplicaReadings;
          expect(fromPrometheus, `${tape.name} at ${page.atS} s`).toEqual(fromPod);
          compared += Object.keys(fromPod).length;
          rates += fromPrometheus.arrivalsPerSecond.kind === 'fresh' ? 1 : 0;
          const [own, asModel] = [direct, asked].map(({ models }) => models?.seen.find(({ namespace }) => namespace === pod.namespace)?.readings.latency.ttft);
          if (own?.kind !== 'fresh' || asModel?.kind !== 'fresh') continue;
          // a rate of Prometheus is over the last minute to the moment, ours between the two scrapes that are nearest to it: a few requests at its ends
          const [ownShare, modelShare] = [own, asModel].map(({ value }) => shareWithin(value, 0.5) ?? Number.NaN);
          furthest = Math.max(furthest, Math.abs((ownShare as number) - (modelShare as number)));
          shares += 1;
        }
      }
      console.log(`${tapes.length} recordings: ${compared} readings from Prometheus equal those from the pods, ${rates} arrival rates among them; ${queries} queries. Shares of first tokens within half a second, of ${shares} moments: at most ${furthest.toFixed(3)} apart.`);
      expect(rates).toBeGreaterThan(100);
      expect(shares).toBeGreaterThan(100);
      expect(furthest).toBeLessThan(0.15);
    });

    it('date a reading by its sample: a minute after the last scrape it is a minute old, and after two it is gone', async () => {
      const last = tapes.length - 1;
      const endMs = baseMs + startOf(last) + Math.round((readTape(tapes[last] as string).pages.at(-1)?.atS ?? 0) * 1000);
      const at = async (laterMs: number): Promise<ReplicaReadings> => {
        const clock = createManualClock(endMs + laterMs);
        const source = createPrometheusSource({ baseUrl, clock, transport: (request) => sockets({ ...request, url: `${request.url}&time=${clock.now() / 1000}` }) });
        return (await source.look(pods, new AbortController().signal)).pods[last]?.readings as ReplicaReadings;
      };
      expect((await at(60_000)).running).toMatchObject({ kind: 'fresh', atMs: endMs });
      expect((await at(121_000)).running).toMatchObject({ kind: 'missing', why: 'NotReported' });
    });

    it('are found by range queries too, and a wrong query is told in Prometheus\' own words', async () => {
      const client = createPrometheusClient({ baseUrl, clock: createManualClock(), transport: sockets });
      const signal = new AbortController().signal;
      const range = await client.range('vllm:num_requests_running', { signal, fromMs: baseMs, toMs: baseMs + 60_000, stepMs: 15_000 });
      expect(range.resultType).toBe('matrix');
      expect(range.series[0]?.points.map(({ atMs }) => atMs - baseMs)).toEqual([15_000, 30_000, 45_000, 60_000]);
      await expect(client.instant('rate(a', { signal })).rejects.toThrow(/answered with HTTP status 400 and the error bad_data: .*parse error/);
      await expect(client.instant('scalar(vector(3))', { signal })).resolves.toMatchObject({ resultType: 'scalar', series: [{ points: [{ value: 3 }] }] });
    });
  });
});

/** The recordings follow one another, ten minutes apart, so that each moment is one tape's. */
function startOf(index: number): number {
  return index * 600_000;
}

/** All pages as one text for backfilling: every sample with its time and its target's labels. */
function openMetrics(all: readonly Tape[]): string {
  const lines: string[] = [];
  for (const [index, tape] of all.entries()) {
    const labels = dressings[index % dressings.length]?.(pods[index] as PodAddress) ?? '';
    for (const { atS, text } of tape.pages) {
      const seconds = (baseMs + startOf(index) + Math.round(atS * 1000)) / 1000;
      for (const line of text.split('\n')) {
        const sample = /^([a-zA-Z_:][\w:]*)\{(.*)\} (\S+)$/.exec(line);
        if (sample) lines.push(`${sample[1]}{${labels},${sample[2]}} ${sample[3]} ${seconds}`);
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}
