import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  controlPlaneParts,
  describeGenuine,
  makePodReady,
  request,
  servePage,
  startControlPlane,
  startPrometheus,
  type ControlPlane,
  type KubeletPod,
  type PageServer,
  type Program,
  type Prometheus,
} from '../support/genuine/index.ts';
import { readTape, tapeNames } from '../wire/tape.ts';
import { installProduct, startProduct, type Product } from './product.ts';
import { shippedScrapeConfig } from './scrape-config.ts';
import { podTemplate } from './seed.ts';
import { until } from './until.ts';

const models = 100;
const replicas = 3;
const namespace = 'fleet';
const tape = 'vllm-0.32.0-b';
const name = (index: number): string => `model-${index}`;
/** What the predecessor's main of August 2026 took for such a fleet on a machine of this kind, processor time of its Prometheus included. */
const predecessor = { queries: 1010, wallSeconds: 3.9, cpuSeconds: 5.5 };

// What a cycle of a hundred models costs beside a genuine API server and a genuine Prometheus, whose three hundred targets show the pages of a recorded
// server, all 330 series of them. The predecessor was measured in the same way: a variant and three replicas a model, a cycle each 15 s.
describeGenuine('what a cycle costs', [...controlPlaneParts, 'prometheus'], () => {
  let plane: ControlPlane;
  let prometheus: Prometheus;
  let product: Product | undefined;
  const pages: PageServer[] = [];
  const startMs = Date.now();
  const recorded = tapeNames().includes(tape) ? readTape(tape).pages : [];

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    await plane.kubectlOk(['create', 'namespace', namespace]);
    prometheus = await startPrometheus({ config: await shippedScrapeConfig({ plane, controllers: [], intervalSeconds: 15 }) });
  });
  afterAll(async () => {
    await product?.remove();
    await Promise.all([prometheus?.stop(), ...pages.map((page) => page.close())]);
    await plane?.stop();
  });

  it.skipIf(recorded.length === 0)('at a hundred models of three replicas: a tenth of what it cost', { timeout: 420_000 }, async () => {
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: Array.from({ length: models }, (_, index) => objectsOf(index)).flat() }) });
    let pods: readonly KubeletPod[] = [];
    await until('all pods are there', async () => {
      pods = (await plane.request(`/api/v1/namespaces/${namespace}/pods`)).json<{ items: KubeletPod[] }>().items;
      return pods.length === models * replicas || `${pods.length} pods`;
    }, { timeoutMs: 120_000, everyMs: 1000 });
    for (const [index, pod] of pods.entries()) {
      const ip = `127.77.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`;
      pages.push(await servePage(() => pageAt(pod.metadata.labels?.['app'] ?? '', (Date.now() - startMs) / 1000 + index % 15), ip, 8000));
      await makePodReady(plane, pod, ip);
    }
    await until('all are scraped', async () => {
      const [up] = await prometheus.query('sum(up)');
      return up?.value === pods.length || `${up?.value ?? 0} are up`;
    }, { timeoutMs: 60_000, everyMs: 1000 });

    // scraping is done for whoever asks, or nobody
    const idle = await watch(30, { prometheus: prometheus.program });
    product = await startProduct({ plane, args: [`--prometheus-url=${prometheus.baseUrl}`, '--prometheus-allow-http', '--metrics-secure=false'] });
    await until('five cycles are done, in the first of which everything is compiled and the whole window is asked for', async () => ((await cycles()).count >= 5 ? true : `${(await cycles()).count} cycles`), { timeoutMs: 120_000, everyMs: 1000, explain: () => product?.logs(20) ?? '' });

    const [before, asked] = [await cycles(), await queriesAnswered()];
    const busy = await watch(90, { prometheus: prometheus.program, controller: product.program });
    const [after, askedThen] = [await cycles(), await queriesAnswered()];
    const count = after.count - before.count;
    const perCycle = (seconds: number): number => Number((seconds / count).toFixed(3));
    const prometheusSeconds = perCycle(busy.prometheus - idle.prometheus * 3);
    const result = {
      bench: 'cluster-cycle', models, replicas: pods.length, cycles: count,
      queries: Math.round((askedThen - asked) / count),
      wallSeconds: perCycle(after.seconds - before.seconds),
      controllerCpuSeconds: perCycle(busy.controller),
      prometheusCpuSeconds: prometheusSeconds,
      scrapingCpuSeconds: Number((idle.prometheus / 2).toFixed(3)),
      cpuSeconds: Number((perCycle(busy.controller) + prometheusSeconds).toFixed(3)),
      shareOfPredecessor: Number(((perCycle(busy.controller) + prometheusSeconds) / predecessor.cpuSeconds).toFixed(3)),
    };
    console.log(`RESULT ${JSON.stringify(result)}`);
    expect(count).toBeGreaterThanOrEqual(5);
    expect(await told()).toEqual(Array.from({ length: models }, () => 'MetricsFound'));
    expect(result.queries).toBeLessThanOrEqual(20);
    expect(result.cpuSeconds).toBeLessThanOrEqual(predecessor.cpuSeconds / 10);
    expect(result.wallSeconds).toBeLessThanOrEqual(predecessor.wallSeconds / 4);
  });

  function objectsOf(index: number): object[] {
    const app = name(index);
    return [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app, namespace }, spec: { replicas, selector: { matchLabels: { app } }, template: podTemplate(app, `org/${app}`) } },
      {
        apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name: app, namespace },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app }, modelID: `org/${app}`, accelerator: 'A100', minReplicas: 1, maxReplicas: 10 },
      },
    ];
  }

  function pageAt(model: string, seconds: number): string {
    const page = recorded.findLast(({ atS }) => atS <= seconds) ?? recorded[0];
    return (page?.text ?? '').replaceAll('model_name="tiny/llama"', `model_name="org/${model}"`);
  }

  /** Cycles that were completed, and the seconds that they took. */
  async function cycles(): Promise<{ readonly count: number; readonly seconds: number }> {
    const { text } = await request(`http://127.0.0.1:${product?.metricsPort}/metrics`);
    const total = (of: string): number => [...text.matchAll(new RegExp(`^wva_optimization_duration_seconds_${of}\\{[^}]*\\} (.+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);
    return { count: total('count'), seconds: total('sum') };
  }

  async function queriesAnswered(): Promise<number> {
    const { text } = await request(`${prometheus.baseUrl}/metrics`);
    return [...text.matchAll(/^prometheus_http_requests_total\{code="200",handler="\/api\/v1\/query(?:_range)?"\} (.+)$/gm)].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** What the status of each resource says of its metrics. */
  async function told(): Promise<(string | undefined)[]> {
    const { items } = (await plane.request(`/apis/llmd.ai/v1alpha1/namespaces/${namespace}/variantautoscalings`)).json<{ items: { status?: { conditions?: { type: string; reason: string }[] } }[] }>();
    return items.map(({ status }) => status?.conditions?.find(({ type }) => type === 'MetricsAvailable')?.reason);
  }
});

/** Seconds of processor time that each of some programs took while so many seconds went by. */
async function watch<N extends string>(seconds: number, programs: Readonly<Record<N, Program>>): Promise<Record<N, number>> {
  const names = Object.keys(programs) as N[];
  const before = names.map((one) => cpuSeconds(programs[one].pid));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return Object.fromEntries(names.map((one, index) => [one, cpuSeconds(programs[one].pid) - (before[index] as number)])) as Record<N, number>;
}

/** User and system time of a process, of which Linux counts a hundred ticks a second. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
