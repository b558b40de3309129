import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChunkStore, openPrometheusHistory, readResources, type History } from '../../src/lab/history/index.ts';
import type { CycleRecord } from '../../src/model/index.ts';
import { createPrometheusClient } from '../../src/prometheus/index.ts';
import { createNodeTransport, systemClock } from '../../src/runtime/index.ts';
import { componentPath, describeGenuine, freePorts, startProgram, untilReady, type Program } from '../support/genuine/index.ts';
import { playWorld, type WorldHistory } from '../support/history/world-history.ts';
import { autoscaler, decode, load, scenarioOf, variant, workload } from '../support/story/index.ts';

describeGenuine('a back-test over a genuine Prometheus', ['prometheus', 'promtool'], () => {
  const startMs = Date.UTC(2026, 0, 1, 12);
  const sockets = createNodeTransport();
  let folder: string;
  let program: Program;
  let baseUrl: string;
  let played: WorldHistory;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wva-backtest-'));
    const scenario = scenarioOf([workload('Deployment', decode, 1), variant('ms-inference-scheduling-a100'), autoscaler()], {
      traffic: load([120, 1, 1], [180, 1, 14], [240, 14, 14], [120, 14, 2], [540, 2, 2]),
    });
    const began = performance.now();
    played = await playWorld({ scenario, seconds: 1200, startMs, kubeStateMetrics: true });
    console.log(`${played.records.length} cycles, ${played.openMetrics.length} bytes in ${Math.round(performance.now() - began)} ms`);
    writeFileSync(join(folder, 'world.om'), played.openMetrics);
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
    const made = spawnSync(componentPath('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'world.om'), join(folder, 'data')], { encoding: 'utf8', timeout: 60_000 });
    expect(made.status, made.stderr + made.stdout).toBe(0);
    const [port] = await freePorts(1);
    baseUrl = `http://127.0.0.1:${port}`;
    program = startProgram({
      command: componentPath('prometheus'),
      logFile: join(folder, 'prometheus.log'),
      cwd: folder,
      args: [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--storage.tsdb.retention.time=50y', `--web.listen-address=127.0.0.1:${port}`],
    });
    await untilReady(program, async () => (await sockets({ method: 'GET', url: `${baseUrl}/-/ready` })).status === 200);
  }, 120_000);
  afterAll(async () => {
    await program?.kill();
    await sockets.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  async function history(store: string, stepMs: number): Promise<History> {
    const client = createPrometheusClient({ baseUrl, clock: systemClock, transport: sockets, timeoutMs: 30_000 });
    return openPrometheusHistory({ client, clock: systemClock, store: await openChunkStore(join(folder, store), baseUrl), fromMs: startMs + 60_000, toMs: played.endMs - 1000, stepMs, objects: readResources(played.resources, 'resources.json') });
  }

  it('sees what the product saw', async () => {
    const past = await history('first', 1000);
    const signal = new AbortController().signal;
    let compared = 0;
    const differing: string[] = [];
    const all: CycleRecord[] = [...played.records];
    for await (const chunk of past.chunks(signal)) {
      for (let cycle = 0; cycle < chunk.cycles; cycle++) {
        const atMs = chunk.atMs(cycle);
        const record = all.find((one) => one.atMs === atMs);
        if (!record) continue;
        compared++;
        const seen = JSON.parse(JSON.stringify(chunk.observe(cycle, record.policy.staleAfterMs))) as typeof record.observation;
        const then = JSON.parse(JSON.stringify(record.observation)) as typeof record.observation;
        for (const [index, v] of then.variants.entries()) {
          const s = seen.variants[index];
          if (JSON.stringify(s?.replicas) !== JSON.stringify(v.replicas)) differing.push(`${(atMs - startMs) / 1000}: ${JSON.stringify(v.replicas).slice(0, 1500)}\n   ${JSON.stringify(s?.replicas).slice(0, 1500)}`);
        }
      }
    }
    console.log(past.notes(), past.gaps());
    console.log(compared, played.records.length, differing.length, differing.slice(0, 3).join('\n'));
    expect(compared).toBeGreaterThan(50);
  });
});
