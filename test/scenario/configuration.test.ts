import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { own } from '../../src/cli/demo/cluster.ts';
import { autoscaler, decode, namespace, scenarioOf, tell, variant, workload, type Product, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const stories: Story[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(stories.splice(0).map((story) => story.end()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function begin(): Story {
  const story = tell(scenarioOf([workload('Deployment', decode, 1), variant(a100), autoscaler()]));
  stories.push(story);
  return story;
}

const priorityOf = ({ records }: Product): number | undefined => records.at(-1)?.policy.global.priority;
const shown = async (product: Product) =>
  JSON.parse((await product.get('/configz')).text) as { valid: boolean; sources: { name: string; valid: boolean; hash: string }[]; problems: { key: string; value: string; allowed: string }[]; policy: Record<string, Record<string, unknown>> };

it('a policy document in the ConfigMap counts without a restart, and is shown with what is wrong in it', async () => {
  const story = begin();
  const product = await story.start();
  await story.advance(10);
  story.policy({ 'policy.yaml': 'global: {priority: 4}\nnamespaces: {elsewhere: {mode: paused}}\n' });
  await story.advance(5);
  expect(priorityOf(product)).toBe(4);
  const before = await shown(product);
  expect(before).toMatchObject({ valid: true, problems: [], policy: { global: { priority: 4, mode: 'act' }, namespaces: { elsewhere: { mode: 'paused' } } } });

  story.policy({ 'policy.yaml': 'global: {priority: many, mode: off}\n' });
  await story.advance(5);
  expect(priorityOf(product)).toBe(4);
  const after = await shown(product);
  expect(after).toMatchObject({ valid: false, sources: [{ name: `ConfigMap ${own.namespace}/${own.policy}`, valid: false }], policy: before.policy });
  expect(after.problems.map(({ key, value }) => [key, value])).toEqual([['policy.yaml: global.priority', 'many'], ['policy.yaml: global.mode', 'off']]);
  expect(after.sources[0]?.hash).not.toBe(before.sources[0]?.hash);
  expect(await product.metric('wva_config_source_valid')).toMatchObject([{ labels: { source: `ConfigMap ${own.namespace}/${own.policy}`, hash: after.sources[0]?.hash }, value: 0 }]);
});

it('pausing a model in the policy holds it, and its resource says why', async () => {
  const story = begin();
  await story.start();
  await story.advance(20);
  story.policy({ 'policy.yaml': 'global: {mode: paused}\n' });
  await story.advance(5);
  expect(story.condition(a100, 'Ready')).toMatch(/^True Paused: The policy's mode is paused: \d+ replicas? desired/);
});

it('a file has the last word, and a mounted ConfigMap is seen to change by its link', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wva-policy-'));
  folders.push(folder);
  const mount = (version: string, text: string): void => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'policy.yaml'), text);
    rmSync(join(folder, '..data'), { force: true });
    symlinkSync(version, join(folder, '..data'));
  };
  mount('v1', 'global: {priority: 7}\n');
  symlinkSync(join('..data', 'policy.yaml'), join(folder, 'policy.yaml'));
  const story = begin();
  const product = await story.start('controller', { policy: join(folder, 'policy.yaml') });
  story.policy({ default: 'priority: 3\nscaleUpMaxFactor: 4' });
  await story.advance(5);
  expect(product.records.at(-1)?.policy.global).toMatchObject({ priority: 7, scaleUpMaxFactor: 4 });
  mount('v2', 'priority: 8\n');
  await story.advance(10);
  expect(priorityOf(product)).toBe(8);
  mount('v3', 'priority: [\n');
  await story.advance(10);
  expect(priorityOf(product)).toBe(8);
  expect(product.log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([expect.stringMatching(/policy\.yaml, line \d: YAML was expected .* The last good policy stays in force\.$/) as string]);
  unlinkSync(join(folder, 'policy.yaml'));
  await story.advance(10);
  expect(priorityOf(product)).toBe(8);
});

it('a namespace may have a policy of its own where that is allowed', async () => {
  const story = begin();
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: own.policy, namespace }, data: { default: 'mode: pausedDown\npriority: 5' } };
  const strict = await story.start('strict');
  story.world.apiServer.store.create({ group: '', plural: 'configmaps' }, map);
  await story.advance(5);
  expect(strict.records.at(-1)?.policy.namespaces).toEqual({});
  await strict.stop();
  const product = await story.start('open', { namespaceConfig: true });
  await story.advance(5);
  expect(product.records.at(-1)?.policy.namespaces).toEqual({ [namespace]: { mode: 'pausedDown', priority: 5 } });
});
