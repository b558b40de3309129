import { afterEach, expect, it } from 'vitest';
import { demoScenario, type Scenario } from '../../src/simulator/index.ts';
import type { KubernetesObject, Workload } from '../../src/wire/index.ts';
import { autoscaler, load, node, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

const a100 = 'NVIDIA-A100-PCIE-80GB';

/** A deployment that serves a model of that name. */
function serving(name: string): KubernetesObject {
  const made = workload('Deployment', name, 1) as Workload;
  const template = made.spec?.template;
  const containers = template?.spec?.containers?.map((container) => ({ ...container, args: ['--model', name, '--port', '8000'] }));
  return { ...made, spec: { ...made.spec, template: { ...template, spec: { ...template?.spec, containers } } } } as KubernetesObject;
}

/** Four A100 for two models. The one is busy from the start, and the other, which counts for more, from the second minute on. */
function begin(policy: string): Story {
  const names = ['batch', 'chat'];
  const objects = names.flatMap((name) => [serving(name), variant(name, { modelID: name, maxReplicas: 12 }, { name }), autoscaler(name)]);
  const [llama] = demoScenario.profiles;
  // four times slower than the demo's, so that as many replicas are told from a quarter of the requests
  const slow = llama && { ...llama, baseMs: 48, perPrefillTokenMs: 0.2, perSequenceMs: 1.2, perResidentTokenMs: 0.002 };
  const traffic: Scenario['traffic'] = [
    ...load([600, 6, 6]).map((of) => ({ ...of, modelID: 'batch' })),
    ...load([60, 0.3, 0.3], [540, 5, 5]).map((of) => ({ ...of, modelID: 'chat' })),
  ];
  const scenario = scenarioOf(objects, { objects: [node('a100-1', a100, 4)], traffic });
  return tell({ ...scenario, durationMs: 600_000, profiles: slow ? names.map((modelID) => ({ ...slow, modelID })) : [] }, { policy: { 'policy.yaml': `quotas: {cluster: {A100: 4}}\nmodels: {chat: {priority: 10}}\n${policy}` } });
}

it('a model that counts for more and comes late is given what another one runs, a replica at a time and as far as its share goes', { timeout: 60_000 }, async () => {
  story = begin('global: {reclaim: true, scaleDownStabilization: 30s}\n');
  const product = await story.start();
  await story.advance(60);
  expect([story.replicas('batch'), story.replicas('chat')]).toEqual([3, 1]);
  await story.advance(180);
  expect([story.replicas('batch'), story.replicas('chat')]).toEqual([1, 3]);
  const decided = product.records.flatMap(({ decisions }) => decisions);
  const taken = decided.filter(({ reason }) => reason === 'Reclaimed');
  expect(new Set(taken.map(({ variant: { name } }) => name))).toEqual(new Set(['batch']));
  // one at a time, and the next when it is gone
  for (const { current, desired = 0 } of taken) expect(current - desired).toBeLessThanOrEqual(1);
  expect(taken[0]?.trail.at(-1)?.sentence).toMatch(/^The quota of the cluster has 0 of 4 A100 left, and llm-d-inference-scheduling\/chat \(priority 10\) is to have \d+ % of what it needs: 1 of 3 replicas goes for it, which leaves llm-d-inference-scheduling\/batch \(priority 1\) \d+ %\.$/);
  for (const { decisions } of product.records) expect(decisions.reduce((total, { desired = 0 }) => total + desired, 0)).toBeLessThanOrEqual(4);

  // and there it stays
  const before = product.records.length;
  await story.advance(60);
  expect(new Set(product.records.slice(before).flatMap(({ decisions }) => decisions.map(({ variant: { name }, desired }) => `${name} ${desired}`)))).toEqual(new Set(['batch 1', 'chat 3']));
  expect(story.events().filter(({ reason }) => reason === 'ScaledDown')).toHaveLength(2);
});

it('keeps what it has where the policy does not say so', async () => {
  story = begin('global: {scaleDownStabilization: 30s}\n');
  await story.start();
  await story.advance(180);
  expect([story.replicas('batch'), story.replicas('chat')]).toEqual([3, 1]);
});
