import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conclude, memoryOf } from '../../src/decide/index.ts';
import { openChunkStore, openPrometheusHistory, readResources } from '../../src/lab/history/index.ts';
import { emptyMemory, type CycleRecord, type Memory } from '../../src/model/index.ts';
import { createPrometheusClient } from '../../src/prometheus/index.ts';
import { createNodeTransport, systemClock } from '../../src/runtime/index.ts';
import { componentPath, describeGenuine, freePorts, startProgram, untilReady, type Program } from '../support/genuine/index.ts';
import { playWorld, type WorldHistory } from '../support/history/world-history.ts';
import { autoscaler, decode, load, scenarioOf, variant, workload } from '../support/story/index.ts';

/**
 * Twenty minutes of the embedded world, with the product in it, in the history of a genuine Prometheus. Backfilled series end without the
 * staleness markers of scrapes; a short lookback stands in for them.
 */
describeGenuine('a back-test over a genuine Prometheus', ['prometheus', 'promtool'], () => {
  const startMs = Date.UTC(2026, 0, 1, 12);
  const seconds = 1200;
  const sockets = createNodeTransport();
  const programs: Program[] = [];
  const scenario = scenarioOf([workload('Deployment', decode, 1), variant('ms-inference-scheduling-a100'), autoscaler()], {
    traffic: load([120, 1, 1], [180, 1, 14], [240, 14, 14], [120, 14, 2], [540, 2, 2]),
  });
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wva-backtest-'));
  });
  afterAll(async () => {
    for (const program of programs) await program.kill();
    await sockets.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  /** A Prometheus that holds what was played. */
  async function hold(name: string, played: WorldHistory, lookback: string): Promise<string> {
    const data = join(folder, name);
    writeFileSync(join(folder, `${name}.om`), played.openMetrics);
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
    const made = spawnSync(componentPath('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, `${name}.om`), data], { encoding: 'utf8', timeout: 60_000 });
    expect(made.status, made.stderr + made.stdout).toBe(0);
    const [port] = await freePorts(1);
    const program = startProgram({
      command: componentPath('prometheus'),
      logFile: join(folder, `${name}.log`),
      cwd: folder,
      args: [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`, '--storage.tsdb.retention.time=50y', `--query.lookback-delta=${lookback}`, `--web.listen-address=127.0.0.1:${port}`],
    });
    programs.push(program);
    await untilReady(program, async () => (await sockets({ method: 'GET', url: `http://127.0.0.1:${port}/-/ready` })).status === 200);
    return `http://127.0.0.1:${port}`;
  }

  describe('with kube-state-metrics', () => {
    let played: WorldHistory;
    let baseUrl: string;

    beforeAll(async () => {
      played = await playWorld({ scenario, seconds, startMs, kubeStateMetrics: true });
      baseUrl = await hold('exact', played, '10ms');
    });

    it('sees what the product saw, and decides what it decided, cycle by cycle', async () => {
      const client = createPrometheusClient({ baseUrl, clock: systemClock, transport: sockets, timeoutMs: 60_000 });
      const store = await openChunkStore(join(folder, 'exact-chunks'), baseUrl);
      // cycles that something woke come at any moment, and all of them are multiples of this
      const stepMs = 10;
      const history = openPrometheusHistory({ client, clock: systemClock, store, fromMs: startMs, toMs: played.endMs, stepMs, objects: readResources(played.resources, 'resources.json') });
      const records = new Map(played.records.map((record) => [record.atMs, record]));
      let memory: Memory = emptyMemory;
      let compared = 0;
      let changes = 0;
      for await (const chunk of history.chunks(new AbortController().signal)) {
        for (let cycle = 0; cycle < chunk.cycles; cycle++) {
          const record = records.get(chunk.atMs(cycle));
          if (!record) continue;
          const observation = chunk.observe(cycle, record.policy.global.staleAfterMs);
          const at = `${(record.atMs - startMs) / 1000} s`;
          expect(podsOf(plain(observation), record.atMs), at).toEqual(podsOf(record.observation, record.atMs));
          const concluded = conclude(observation, record.policy, memory, record.atMs);
          memory = memoryOf(concluded, observation, memory);
          const decided = concluded.conclusions.map(({ desired, reason, trail }) => ({ desired, reason, sentences: trail.steps.map(({ sentence }) => sentence()) }));
          expect(decided, at).toEqual(record.decisions.map(({ desired, reason, trail }) => ({ desired, reason, sentences: trail.map(({ sentence }) => sentence) })));
          compared++;
          if (record.decisions[0]?.desired !== record.decisions[0]?.previous) changes++;
        }
      }
      expect(history.gaps()).toEqual([]);
      expect(compared).toBe(played.records.length);
      expect(changes).toBeGreaterThan(5);
      console.log(`${compared} cycles of the product, ${changes} of them with a change, are decided the same from Prometheus.`);
    });
  });

  describe('without kube-state-metrics, by the command', () => {
    let played: WorldHistory;
    let baseUrl: string;
    let args: readonly string[];
    const servers: Server[] = [];

    beforeAll(async () => {
      played = await playWorld({ scenario, seconds, startMs, kubeStateMetrics: false });
      // pods count as there for as long as a scrape interval after their last sample
      baseUrl = await hold('plain', played, '16s');
      writeFileSync(join(folder, 'resources.json'), played.resources);
      writeFileSync(join(folder, 'policy.yaml'), 'scaleDownStabilization: 8s\nstartup: 5s\n');
      args = ['--from', iso(startMs + 60_000), '--to', iso(startMs + seconds * 1000 - 15_000), '--variants', join(folder, 'resources.json'), '--policy', join(folder, 'policy.yaml'), '--json'];
    });
    afterAll(() => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    });

    it('follows the product of the time by the pods that were scraped', async () => {
      const out = join(folder, 'whole');
      const { status, stdout, stderr } = await wva(['backtest', '--prometheus', baseUrl, '--out', out, '--step', '1s', ...args]);
      expect(status, stderr).toBe(0);
      const found = JSON.parse(stdout) as Found;
      expect(found.cycles).toBe(1126);
      expect(found.notes[0]).toMatch(/from the pods whose engines were scraped/);
      // what it would have desired second by second, against what the product desired
      const decisions = readFileSync(join(out, 'decisions.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { at: string; to: number; sentences: string[] });
      expect(decisions.every(({ sentences }) => sentences.length > 0)).toBe(true);
      let same = 0;
      for (let atMs = startMs + 60_000; atMs < startMs + 1_185_000; atMs += 1000) {
        const then = played.records.findLast((record) => record.atMs <= atMs)?.decisions[0]?.desired;
        const replayed = decisions.findLast(({ at }) => Date.parse(at) <= atMs)?.to;
        if (then === replayed) same++;
      }
      console.log(`Without kube-state-metrics the same number is desired in ${((same / 1125) * 100).toFixed(1)} % of the seconds.`);
      // pods that start are unknown to it for their first seconds, and those that end are known for some more
      expect(same / 1125).toBeGreaterThan(0.7);
    });

    it('goes on where it was stopped, reads a broken chunk again, and asks nothing that it has', async () => {
      const out = join(folder, 'resumed');
      let asked = 0;
      let refuseAfter = 5;
      const door = await relay(baseUrl, servers, () => ++asked <= refuseAfter);
      const first = await wva(['backtest', '--prometheus', door, '--out', out, '--step', '1s', ...args]);
      const partly = JSON.parse(first.stdout) as Found;
      // half an hour is asked for at first, so all of this history is one chunk, and a chunk is five questions
      expect([first.status, partly.gaps.length], first.stderr).toEqual([0, 0]);
      const chunks = (): string[] => readdirSync(join(out, 'chunks'));
      expect(chunks()).toHaveLength(1);
      expect(asked).toBe(5);
      refuseAfter = 0;
      const again = await wva(['backtest', '--prometheus', door, '--out', out, '--step', '1s', ...args]);
      expect(JSON.parse(again.stdout)).toEqual({ ...partly, decidingSeconds: expect.any(Number) as number });
      expect(asked).toBe(5);
      truncateSync(join(out, 'chunks', chunks()[0] as string), 1000);
      refuseAfter = 10;
      const repaired = JSON.parse((await wva(['backtest', '--prometheus', door, '--out', out, '--step', '1s', ...args])).stdout) as Found;
      expect(asked).toBe(10);
      expect(repaired.notes.at(-1)).toMatch(/^The stored chunk .* could not be used \(.*\) and was read again\.$/);
      expect(repaired.policies).toEqual(partly.policies);
    });

    it('keeps and uses what was read of a history that breaks off, and says which chunk is missing', async () => {
      const out = join(folder, 'broken-off');
      let asked = 0;
      const door = await relay(baseUrl, servers, () => ++asked <= 5);
      // two hours from the start: the first half hour holds all that there is, and then nobody answers
      const later = args.map((arg, index) => (args[index - 1] === '--to' ? iso(startMs + 7_200_000) : arg));
      const { status, stdout, stderr } = await wva(['backtest', '--prometheus', door, '--out', out, ...later]);
      expect(status, stderr).toBe(4);
      const found = JSON.parse(stdout) as Found;
      expect(found.cycles).toBe(120);
      expect(found.gaps).toHaveLength(1);
      expect(found.gaps[0]?.why).toMatch(/^The samples from 2026-01-01T12:31:00Z to .* were expected, and Prometheus .*500.*What was read up to 2026-01-01T12:30:45Z is kept and used; the same command goes on from there\.$/);
      const unreachable = await wva(['backtest', '--prometheus', 'http://127.0.0.1:1', '--out', join(folder, 'nothing'), ...args]);
      expect([unreachable.status, unreachable.stderr]).toEqual([1, expect.stringMatching(/Nothing could be decided.*could not be reached/) as string]);
      const earlier = args.map((arg, index) => (args[index - 1] === '--from' ? iso(startMs - 7_200_000) : args[index - 1] === '--to' ? iso(startMs - 3_600_000) : arg));
      const before = await wva(['backtest', '--prometheus', baseUrl, '--out', join(folder, 'before'), ...earlier]);
      expect([before.status, before.stderr]).toEqual([1, expect.stringMatching(/Prometheus answered, and has nothing of this time/) as string]);
    });

    it('compares two policies, and ends with 3 where the second is worse', async () => {
      writeFileSync(join(folder, 'eager.yaml'), 'kvCacheThreshold: 0.3\nkvSpareTrigger: 0.1\n');
      const files = args.filter((arg, index) => arg !== '--policy' && args[index - 1] !== '--policy');
      const asked = ['whatif', '--prometheus', baseUrl, '--out', join(folder, 'whatif'), ...files];
      const worse = await wva([...asked, '--policy', join(folder, 'policy.yaml'), '--policy', join(folder, 'eager.yaml')]);
      expect(worse.status, worse.stderr).toBe(3);
      const verdict = JSON.parse(worse.stdout) as { verdicts: { axis: string; isWorse: boolean }[]; divergence: { differsHours: number } };
      expect(verdict.verdicts.find(({ axis }) => axis === 'money')?.isWorse).toBe(true);
      expect(verdict.divergence.differsHours).toBeGreaterThan(0);
      const same = await wva([...asked, '--policy', join(folder, 'policy.yaml'), '--policy', join(folder, 'policy.yaml')]);
      expect(same.status, same.stderr).toBe(0);
    });
  });
});

interface Found {
  readonly cycles: number;
  readonly policies: unknown;
  readonly gaps: readonly { readonly why: string }[];
  readonly notes: readonly string[];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The command, as people call it. */
async function wva(args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [new URL('../../src/cli/main.ts', import.meta.url).pathname, ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

/** A proxy in front of Prometheus that answers 500 when it is told to. */
async function relay(baseUrl: string, servers: Server[], lets: () => boolean): Promise<string> {
  const server = createServer((request, response) => {
    if (!lets()) {
      response.writeHead(500).end('nobody is there');
      return;
    }
    void fetch(`${baseUrl}${request.url}`).then(async (answer) => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What may be compared. */
/** A pod has its node a moment before it has the time of it, and a cycle that something wakes may look between: history knows both of that moment. */
function podsOf({ variants }: CycleRecord['observation'], atMs: number): unknown {
  return variants.map(({ variant: { key, modelID, accelerator, minReplicas, maxReplicas }, currentReplicas, targetState, replicas }) => ({
    key, modelID, accelerator, minReplicas, maxReplicas, currentReplicas, targetState,
    replicas: replicas.map(({ scheduledAtMs, ...pod }) => ({ ...pod, ...(scheduledAtMs !== undefined && atMs - scheduledAtMs >= 1000 && { scheduledAtMs }) })),
  }));
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
