import { afterEach, expect, it } from 'vitest';
import { decide } from '../../src/decide/index.ts';
import type { VariantMemory } from '../../src/model/index.ts';
import type { Workload } from '../../src/wire/index.ts';
import { autoscaler, decode, load, scenarioOf, tell, variant, workload, type Product, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

/** The Deployment with another image, or with an annotation on its template, as `kubectl rollout restart` does it. */
function rollOut(change: 'image' | 'restart'): void {
  story.edit('deployments', decode, (object) => {
    const { spec } = object as Workload;
    const template = spec?.template;
    const containers = (template?.spec?.containers ?? []).map((container) => (change === 'image' ? { ...container, image: 'vllm/vllm-openai:v0.33.0' } : container));
    const metadata = change === 'restart' ? { ...template?.metadata, annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T12:05:00Z' } } : template?.metadata;
    return { ...object, spec: { ...spec, template: { ...template, metadata, spec: { ...template?.spec, containers } } } } as Workload;
  });
}

const memoryAfter = ({ records }: Product): VariantMemory => {
  const { observation, policy, memory, atMs } = records.at(-1) as Product['records'][number];
  return Object.values(decide(observation, policy, memory, atMs).memory.variants)[0] as VariantMemory;
};

it.each(['image', 'restart'] as const)('what was learned of pods is kept or forgotten by what they are made from (%s)', async (change) => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant('chat', { minReplicas: 2 }), autoscaler()], { traffic: load([1200, 2, 2]) }));
  const product = await story.start('controller', { interval: '10s' });
  await story.advance(100);
  const before = memoryAfter(product);
  expect(before.law?.windows).toBeGreaterThan(1);
  rollOut(change);
  const rolledAt = product.records.length;
  await story.advance(change === 'restart' ? 90 : 45);
  const after = memoryAfter(product);
  const pods = product.records.at(-1)?.observation.variants[0]?.replicas.map(({ uid }) => uid);
  expect(pods?.some((uid) => before.startup?.uids.includes(uid))).toBe(false);
  if (change === 'restart') {
    expect(after).not.toHaveProperty('revisedAtMs');
    expect(after.law?.windows).toBeGreaterThan(before.law?.windows ?? Infinity);
  } else {
    expect(after.revision).not.toBe(before.revision);
    expect(after.revisedAtMs).toBeGreaterThan(product.records[rolledAt]?.atMs ?? Infinity);
    // it shows what those before have shown, and is believed to follow their law for a few windows
    expect(after.law?.windows).toBeLessThan(5);
    // during the rollout both served, and only the new ones were learned from
    expect(product.records.slice(rolledAt).some(({ observation }) => observation.variants[0]?.replicas.some(({ outdated }) => outdated))).toBe(true);
  }
  expect(product.log.filter(({ level }) => level === 'error')).toEqual([]);
}, 60_000);
