import { expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, metricsParts, request } from '../support/genuine/index.ts';
import type { MetricList } from './sampler.ts';
import { seed } from './seed.ts';
import { seedSteps } from './seed-steps.ts';

describeGenuine('the seed through Prometheus and its adapter', [...controlPlaneParts, ...metricsParts], () => {
  const journey = seedSteps('adapter');

  it("the adapter's answer and the controller's own are equal but for timestamps", async () => {
    const { plane, product } = journey();
    // The controller answers the same path itself, whoever holds the cluster's external metrics API.
    const [adapter, own] = await Promise.all([
      plane.request(seed.metricPath),
      request(`https://127.0.0.1:${product.metricsPort}${seed.metricPath}`, { insecure: true, token: plane.adminToken }),
    ]);
    expect(own.status, own.text).toBe(200);
    expect(own.headers['content-type']).toBe(adapter.headers['content-type']);
    const timeless = (text: string): unknown => {
      const list = JSON.parse(text) as MetricList;
      for (const item of list.items) expect(new Date(item.timestamp).toISOString().replace('.000Z', 'Z')).toBe(item.timestamp);
      return { ...list, items: list.items.map((item) => ({ ...item, timestamp: '' })).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) };
    };
    expect(timeless(own.text)).toEqual(timeless(adapter.text));
    console.log(`both answer: ${JSON.stringify(timeless(own.text))}`);
  });
});
