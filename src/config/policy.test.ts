import { describe, expect, it } from 'vitest';
import { defaultPolicy, defaultPolicySet, policyForModel } from '../model/index.ts';
import type { ConfigMap } from '../wire/index.ts';
import { defaultText, policyFields, readPolicy, sourceOf, type PolicySource } from './index.ts';

const configMap = (data: Record<string, string>): ConfigMap => ({ metadata: { name: 'wva-saturation-scaling-config', namespace: 'wva' }, data });
const places = { namespace: 'wva', saturationName: 'wva-saturation-scaling-config' };
const sourcesOf = (configMaps: readonly ConfigMap[]): PolicySource[] => configMaps.flatMap((one) => sourceOf(one, places) ?? []);
const policyOf = (data: Record<string, string>, previous?: Parameters<typeof readPolicy>[1]) => readPolicy(sourcesOf([configMap(data)]), previous);
const llama = 'model_id: meta/llama\nnamespace: prod\n';

describe('the policy', () => {
  it.each([
    ['no ConfigMap', []],
    ['an empty one', [configMap({})]],
    ['one without data', [{ metadata: { name: 'x', namespace: 'y' } }]],
    ['an empty entry', [configMap({ default: '' })]],
    ['an entry of comments', [configMap({ default: '# nothing yet' })]],
  ])('is the built-in one with %s', (_, configMaps) => {
    expect(readPolicy(sourcesOf(configMaps))).toMatchObject({ policy: defaultPolicySet, problems: [] });
  });

  it('is read from the entry default, durations and all', () => {
    const { policy, problems } = policyOf({ default: 'kvCacheThreshold: 0.9\nstaleAfter: 2m\nscaleDownStabilization: 0\nscaleUpMaxFactor: 3\n' });
    expect(problems).toStrictEqual([]);
    expect(policy.global).toStrictEqual({
      ...defaultPolicy,
      saturation: { ...defaultPolicy.saturation, kvCacheThreshold: 0.9 },
      staleAfterMs: 120_000,
      scaleDownStabilizationMs: 0,
      scaleUpMaxFactor: 3,
    });
  });

  it('takes a written zero as zero, in the default and in an override', () => {
    const { policy, problems } = policyOf({ default: 'kvSpareTrigger: 0\nqueueSpareTrigger: 0', llama: `${llama}queueLengthThreshold: 0` });
    expect(problems).toStrictEqual([]);
    expect(policy.global.saturation).toMatchObject({ kvSpareTrigger: 0, queueSpareTrigger: 0, queueLengthThreshold: 5 });
    expect(policy.models).toStrictEqual({ 'meta/llama#prod': { saturation: { queueLengthThreshold: 0 } } });
  });

  it('lets an override inherit what the default says, not what is built in', () => {
    const { policy } = policyOf({ default: 'kvCacheThreshold: 0.7\nqueueLengthThreshold: 9', llama: `${llama}kvSpareTrigger: 0.2` });
    expect(policyForModel(policy, { modelID: 'meta/llama', namespace: 'prod' }).saturation).toStrictEqual({ kvCacheThreshold: 0.7, queueLengthThreshold: 9, kvSpareTrigger: 0.2, queueSpareTrigger: 3 });
  });

  it.each([
    ['meta/llama#prod', 'kvCacheThreshold: 0.5', 'meta/llama#prod'],
    ['a#b#prod', 'kvCacheThreshold: 0.5', 'a#b#prod'],
    ['any.name', `${llama}kvCacheThreshold: 0.5`, 'meta/llama#prod'],
  ])('finds the model of the entry %s', (key, yaml, model) => {
    expect(policyOf({ [key]: yaml }).policy.models).toStrictEqual({ [model]: { saturation: { kvCacheThreshold: 0.5 } } });
  });

  it.each([
    [{ default: 'kvCacheThreshold: 1.1' }, 'default.kvCacheThreshold', 'a number from 0 to 1'],
    [{ default: 'kvCacheThreshold: high' }, 'default.kvCacheThreshold', 'a number from 0 to 1'],
    [{ default: 'kvCacheThreshold: .nan' }, 'default.kvCacheThreshold', 'a number from 0 to 1'],
    [{ default: 'queueLengthThreshold: -1' }, 'default.queueLengthThreshold', 'at least 0'],
    [{ default: 'kvCacheThreshold: 0.05' }, 'default.kvCacheThreshold', 'at least kvSpareTrigger (0.1)'],
    [{ default: 'kvSpareTrigger: 0.9' }, 'default.kvSpareTrigger', 'at most kvCacheThreshold (0.8)'],
    [{ default: 'kvCacheThreshold: 0.3', llama: `${llama}kvSpareTrigger: 0.4` }, 'llama.kvSpareTrigger', 'at most kvCacheThreshold (0.3)'],
    [{ default: 'staleAfter: 10' }, 'default.staleAfter', 'a duration from 5s to 1h'],
    [{ default: 'staleAfter: 1s' }, 'default.staleAfter', 'a duration from 5s to 1h'],
    [{ default: 'scaleDownMaxFraction: 0' }, 'default.scaleDownMaxFraction', 'above 0'],
    [{ default: 'scaleUpMaxFactor: 1' }, 'default.scaleUpMaxFactor', 'more than 1'],
    [{ default: '- a\n- b' }, 'default', 'a YAML mapping'],
    [{ default: 'a: [' }, 'default', 'YAML'],
    [{ default: 'kvSpareTrigger: 0.1\nkvSpareTrigger: 0.2' }, 'default', 'Map keys must be unique'],
    [{ llama: 'model_id: meta/llama\nkvCacheThreshold: 0.5' }, 'llama.namespace', 'which namespace'],
  ])('keeps the previous one with %j', (data: Record<string, string>, key, allowed) => {
    const before = policyOf({ default: 'priority: 7' });
    const { policy, problems, sources } = policyOf(data, before.statements);
    expect(policy).toStrictEqual(before.policy);
    expect(sources).toMatchObject([{ valid: false }]);
    expect(problems).toMatchObject([{ severity: 'error', source: 'ConfigMap wva/wva-saturation-scaling-config', key, allowed: expect.stringContaining(allowed) as string }]);
    expect(problems[0]?.message).toContain(`${key} is `);
  });

  it('has all problems told at once', () => {
    const { problems } = policyOf({ default: 'kvCacheThreshold: 2\nqueueSpareTrigger: -1\nkvCachThreshold: 1', other: 'x: 1' });
    expect(problems.map(({ key, severity }) => `${key} ${severity}`)).toStrictEqual([
      'default.kvCacheThreshold error',
      'default.queueSpareTrigger error',
      'default.kvCachThreshold warning',
      'other.model_id error',
      'other.namespace error',
      'other.x warning',
    ]);
  });

  it('warns of a setting for everybody in the entry of one, and of two entries for one model', () => {
    const { policy, problems } = policyOf({ a: `${llama}staleAfter: 1m\nkvCacheThreshold: 0.6`, b: `${llama}kvCacheThreshold: 0.5` });
    expect(policy.models).toStrictEqual({ 'meta/llama#prod': { saturation: { kvCacheThreshold: 0.6 } } });
    expect(problems.map(({ key, severity }) => [key, severity])).toStrictEqual([['a.staleAfter', 'warning'], ['b', 'warning']]);
  });

  it('is reachable by its keys, whole', () => {
    const targets = Object.entries(defaultPolicy).flatMap(([name, value]: [string, unknown]) => (typeof value === 'object' && !Array.isArray(value) ? Object.keys(value as object).map((part) => `${name}.${part}`) : [name]));
    // what has no value unless somebody gives one
    expect(policyFields.map(({ target }) => target).toSorted()).toStrictEqual([...targets, 'slo.ttftSeconds', 'slo.itlSeconds', 'startupMs'].toSorted());
    const written = policyFields.filter((field) => defaultText(field) !== '' && !field.key.includes('.')).map((field) => `${field.key}: ${defaultText(field)}`).join('\n');
    expect(policyOf({ default: written })).toMatchObject({ policy: defaultPolicySet, problems: [] });
  });
});
