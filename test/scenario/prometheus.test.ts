import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as realPause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { autoscaler, decode, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
let story: Story;
let prometheus: { readonly url: string; readonly server: Server; answer: RequestListener };

afterEach(async () => {
  await story.end();
  prometheus.server.closeAllConnections();
  if (prometheus.server.listening) await new Promise((resolve) => prometheus.server.close(resolve));
});

async function raisePrometheus(answer: RequestListener): Promise<void> {
  const server = createServer((request, response) => prometheus.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  prometheus = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, answer };
}

/** Sockets take their own time: 20 real milliseconds for each half second of the story, until it is so. */
async function until(isSo: () => boolean, seconds: number): Promise<void> {
  for (let left = seconds; left > 0 && !isSo(); left -= 0.5) {
    await story.advance(0.5);
    await realPause(20);
  }
}

const empty = (resultType: string): string => JSON.stringify({ status: 'success', data: { resultType, result: [] } });

/** Only an expression that ends in a range asks for a matrix. */
function knowsNothing(...[request, response]: Parameters<RequestListener>): void {
  let asked = request.url ?? '';
  request.on('data', (chunk: Buffer) => (asked += chunk.toString()));
  request.on('end', () => response.end(empty(/(%5D|\])(&|$)/i.test(asked) ? 'matrix' : 'vector')));
}

const lies: readonly [string, RequestListener, string][] = [
  ['answers with a page of something else', (_request, response) => void response.end('<html>Sign in</html>'), 'False PrometheusError'],
  ['answers 500', (_request, response) => void response.writeHead(500).end('out of memory'), 'False PrometheusError'],
  ['never answers', () => {}, 'False PrometheusError'],
  ['ends the connection', (request) => void request.socket.destroy(), 'False PrometheusError'],
  ['answers another question', (_request, response) => void response.end(empty('scalar')), 'False PrometheusError'],
  ['knows no pod', knowsNothing, 'False MetricsMissing'],
];

it.each(lies)('a Prometheus that %s holds the decision, and the condition says so', async (_, answer, condition) => {
  await raisePrometheus(answer);
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant(a100), autoscaler()]));
  const product = await story.start('controller', { metricSource: 'prometheus', prometheusUrl: prometheus.url, prometheusAllowHttp: true });
  await until(() => story.va(a100).status !== undefined && story.condition(a100, 'MetricsAvailable').startsWith('False'), 40);
  expect(story.condition(a100, 'MetricsAvailable')).toContain(`${condition}: 0 of 2 ready pods report KV cache use and queue`);
  expect(story.condition(a100, 'Ready')).toMatch(/^False Holding: 2 replicas desired, 2 there; the last decision is held\./);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
});

it('with auto, pods are asked themselves while Prometheus is out of reach', async () => {
  await raisePrometheus((_request, response) => void response.writeHead(503).end());
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant(a100, { minReplicas: 2 }), autoscaler()]));
  const product = await story.start('controller', { metricSource: 'auto', prometheusUrl: prometheus.url, prometheusAllowHttp: true });
  await until(() => story.va(a100).status !== undefined && story.condition(a100, 'MetricsAvailable').startsWith('True'), 40);
  expect(story.condition(a100, 'MetricsAvailable')).toBe('True MetricsFound: 2 of 2 ready pods report KV cache use and queue.');
  expect(product.log.some(({ level, message }) => level === 'warn' && message.includes('503'))).toBe(true);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
});
