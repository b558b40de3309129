import { describe, expect, it } from 'vitest';
import { defaultPolicy, defaultPolicySet, policyForModel, type PolicySet } from '../model/index.ts';
import { readPolicy, sourceOf, type PolicySource } from './index.ts';

const places = { namespace: 'wva', saturationName: 'wva-saturation-scaling-config' };
const source = (name: string, data: Record<string, string>, namespace = 'wva'): PolicySource => {
  const found = sourceOf({ metadata: { name, namespace }, data }, places);
  if (found === undefined) throw new Error(`${namespace}/${name} is no source.`);
  return found;
};
const saturation = (data: Record<string, string>, namespace?: string) => source('wva-saturation-scaling-config', data, namespace);
const zero = (data: Record<string, string>) => source('wva-model-scale-to-zero-config', data);
const of = (policy: PolicySet, modelID = 'meta/llama', namespace = 'prod') => policyForModel(policy, { modelID, namespace });
const told = (...sources: PolicySource[]): string[] => readPolicy(sources).problems.map(({ severity, key, allowed }) => `${severity} ${key}: ${allowed}`);

describe('the saturation scaling ConfigMap of released versions', () => {
  it('of the last of them is understood, with its shipped values', () => {
    const shipped = 'kvCacheThreshold: 0.80\nqueueLengthThreshold: 5\nkvSpareTrigger: 0.1\nqueueSpareTrigger: 3\nenableLimiter: false\nscaleUpThreshold: 0.85\nscaleDownBoundary: 0.70\npriority: 1.0\nanalyzers:\n  - name: saturation\n    score: 1.0\n';
    const { policy, problems } = readPolicy([saturation({ default: shipped })]);
    expect(problems).toStrictEqual([]);
    expect(policy).toStrictEqual({ ...defaultPolicySet, global: { ...defaultPolicy, analyzer: 'tokens' } });
  });

  it.each<[string, string, string]>([
    ['an empty name, the first analyzer', "analyzerName: ''", 'percent'],
    ['the old name of the second', 'analyzerName: saturation', 'tokens'],
    ['a list that wins over the name', 'analyzerName: saturation\nanalyzers: [{type: throughput}]', 'throughput'],
    ['a list with one that is off', 'analyzers: [{name: saturation, enabled: false}, {name: throughput}]', 'throughput'],
    ['no word about it', 'kvCacheThreshold: 0.8', 'learned'],
  ])('chooses the analyzer: %s', (_, written, analyzer) => {
    expect(readPolicy([saturation({ default: written })])).toMatchObject({ policy: { global: { analyzer } }, problems: [] });
  });

  it('has thresholds of an analyzer that win over those of the entry', () => {
    expect(readPolicy([saturation({ default: 'scaleDownBoundary: 0.70\nanalyzers: [{name: saturation, scaleUpThreshold: 0.9, parameters: {kvCacheThreshold: 0.75}}]' })])).toMatchObject({
      problems: [],
      policy: { global: { utilization: { scaleUpThreshold: 0.9, scaleDownBoundary: 0.7 }, saturation: { kvCacheThreshold: 0.75 } } },
    });
  });

  it('merges field by field, zeros too, and an empty entry changes nothing', () => {
    const { policy } = readPolicy([saturation({ default: 'kvCacheThreshold: 0.8\npriority: 3', a: 'model_id: meta/llama\nnamespace: prod\nkvCacheThreshold: 0.9\nkvSpareTrigger: 0\npriority: 0', b: 'model_id: other\nnamespace: prod' })]);
    expect(of(policy)).toMatchObject({ saturation: { kvCacheThreshold: 0.9, queueLengthThreshold: 5, kvSpareTrigger: 0, queueSpareTrigger: 3 }, priority: 0 });
    expect(of(policy, 'other')).toEqual(policy.global);
  });

  it.each([
    [{ default: 'scaleUpThreshold: 0.7' }, 'error default.scaleUpThreshold: more than scaleDownBoundary (0.7)'],
    [{ default: 'scaleUpThreshold: 1.1' }, 'error default.scaleUpThreshold: a number above 0 and up to 1'],
    [{ default: 'scaleUpThreshold: 0' }, 'error default.scaleUpThreshold: a number above 0 and up to 1'],
    [{ default: 'scaleUpThreshold: -1' }, 'error default.scaleUpThreshold: a number above 0 and up to 1'],
    [{ default: 'kvCacheThreshold: 0.05' }, 'error default.kvCacheThreshold: at least kvSpareTrigger (0.1)'],
    [{ default: 'analyzers: [{name: saturation, parameters: {kvCacheThreshold: much}}]' }, 'error default.analyzers[0].parameters.kvCacheThreshold: a number from 0 to 1'],
    [{ default: 'analyzers: [{name: saturation}, {name: throughput}]' }, 'warning default.analyzers[1]: alone: one analyzer decides, and saturation stands before it'],
    [{ default: 'enableRescale: sometimes' }, 'error default.enableRescale: true or false'],
    [{ default: 'reclaim: sometimes' }, 'error default.reclaim: true or false'],
    [{ a: 'model_id: meta/llama\nnamespace: prod\nenableRescale: true' }, 'warning a.enableRescale: in the entry default; for one model reclaim says it'],
    [{ default: 'limiters: []' }, 'warning default.limiters: beside enableLimiter: true, without which quotas have no effect'],
    [{ default: 'scaleToZero: {enabled: maybe}' }, 'error default.scaleToZero.enabled: true or false'],
  ])('tells what is wrong with %j', (data, problem) => {
    expect(told(saturation(data as unknown as Record<string, string>))).toStrictEqual([problem]);
  });

  it('has quotas, which count only where they are switched on', () => {
    const limiters = 'limiters:\n- {name: all, type: quota, scope: cluster, quotas: {H100: 16, A100: -1}}\n- {name: each, type: quota, scope: namespace, namespaceQuotas: {team-a: {H100: 8}, default: {H100: 2}}, exclude: [free]}\n';
    expect(readPolicy([saturation({ default: `enableLimiter: false\n${limiters}` })]).policy.quotas).toStrictEqual({ cluster: {}, namespaces: {} });
    const { policy, problems } = readPolicy([saturation({ default: `enableLimiter: true\n${limiters}` })]);
    expect(problems).toStrictEqual([]);
    expect(policy.quotas).toStrictEqual({
      cluster: { H100: 16, A100: Number.MAX_SAFE_INTEGER, '*': 0 },
      namespaces: { 'team-a': { H100: 8, '*': 0 }, free: {} },
      defaultNamespace: { H100: 2, '*': 0 },
    });
  });

  it('has nothing for a namespace that is not named, where none has a share by default', () => {
    const { policy } = readPolicy([saturation({ default: 'enableLimiter: true\nlimiters:\n- {name: each, type: quota, scope: namespace, namespaceQuotas: {team-a: {H100: 4}}}\n' })]);
    expect(policy.quotas).toStrictEqual({ cluster: {}, namespaces: { 'team-a': { H100: 4, '*': 0 } }, defaultNamespace: { '*': 0 } });
  });

  it.each([
    ['enableLimiter: true', true],
    ['enableLimiter: true\nlimiters:\n- {type: gpu-inventory}\n', true],
    ['enableLimiter: true\nlimiters:\n- {type: gpu-inventory}\n- {name: all, type: quota, scope: cluster, quotas: {H100: 16}}\n', false],
    ['enableLimiter: false', false],
  ])('holds to the inventory where limiting is on and no quota is said: %j', (entry, is) => {
    expect(readPolicy([saturation({ default: entry })]).policy.global.limitToInventory).toBe(is);
  });

  it('lets what runs be taken back where it says so, for everybody or for a namespace', () => {
    const { policy, problems } = readPolicy([saturation({ default: 'enableRescale: true' }), saturation({ default: 'enableRescale: false' }, 'prod')]);
    expect(problems).toStrictEqual([]);
    expect([policy.global.reclaim, of(policy).reclaim, of(policy, 'meta/llama', 'elsewhere').reclaim]).toEqual([true, false, true]);
    expect(readPolicy([saturation({ default: 'priority: 2' })]).policy.global.reclaim).toBe(false);
  });

  it('has all problems of its quotas told together', () => {
    const data = { default: 'enableLimiter: true\nlimiters:\n- {type: quota, scope: cluster, quotas: {H100: -2}}\n- {name: b, type: quota, scope: galaxy}\n- {type: vpa}\n' };
    expect(told(saturation(data))).toHaveLength(4);
  });
});

describe('a ConfigMap of a namespace', () => {
  it('speaks for that namespace alone, and a model of its own over its default', () => {
    const { policy, problems } = readPolicy([saturation({ default: 'priority: 2\nkvCacheThreshold: 0.7' }), saturation({ default: 'priority: 3', a: 'model_id: meta/llama\npriority: 4' }, 'prod')]);
    expect(problems).toStrictEqual([]);
    expect([of(policy).priority, of(policy, 'other').priority, of(policy, 'meta/llama', 'elsewhere').priority, of(policy).saturation.kvCacheThreshold]).toEqual([4, 3, 2, 0.7]);
  });

  it('may not speak for another one, nor set what is one for all', () => {
    expect(told(saturation({ a: 'model_id: m\nnamespace: other', 'policy.yaml': 'namespaces: {x: {}}\nquotas: {}', default: 'staleAfter: 1m' }, 'prod'))).toStrictEqual([
      'error a.namespace: prod: a ConfigMap of a namespace speaks for that namespace alone',
      'warning default.staleAfter: said for everybody, since it is one for all',
      'error policy.yaml: namespaces: in the policy of the whole installation: a ConfigMap of a namespace speaks for that namespace alone',
      'error policy.yaml: quotas: in the policy of the whole installation: a ConfigMap of a namespace speaks for that namespace alone',
    ]);
  });

  it('that is refused takes nothing from the others', () => {
    const { policy, sources } = readPolicy([saturation({ default: 'priority: 2' }), saturation({ default: 'priority: -1' }, 'prod')]);
    expect(of(policy).priority).toBe(2);
    expect(sources.map(({ name, valid }) => [name, valid])).toEqual([['ConfigMap wva/wva-saturation-scaling-config', true], ['ConfigMap prod/wva-saturation-scaling-config', false]]);
  });
});

describe('the scale-to-zero ConfigMap', () => {
  it.each([
    ['now', { default: 'enable_scale_to_zero: true\nretention_period: 5m', any: 'model_id: meta/llama\nretention_period: 1m', other: 'model_id: m\nnamespace: prod\nenable_scale_to_zero: false' }],
    ['once', { __defaults__: 'enableScaleToZero: true\nretentionPeriod: 5m', 'model.x': 'modelID: meta/llama\nretentionPeriod: 1m', other: 'modelID: m\nnamespace: prod\nenableScaleToZero: false' }],
  ])('is read as it is written %s, and its namespaces count', (_, data) => {
    const { policy, problems } = readPolicy([zero(data)]);
    expect(problems).toStrictEqual([]);
    expect([of(policy), of(policy, 'm'), of(policy, 'm', 'other')].map(({ scaleToZero, retentionMs }) => [scaleToZero, retentionMs])).toEqual([[true, 60_000], [false, 300_000], [true, 300_000]]);
  });

  it('takes the first of two entries about one model', () => {
    const { policy, problems } = readPolicy([zero({ b: 'model_id: m\nretention_period: 2m', a: 'model_id: m\nretention_period: 1m' })]);
    expect(of(policy, 'm').retentionMs).toBe(60_000);
    expect(problems).toMatchObject([{ severity: 'warning', key: 'b' }]);
  });

  it.each([['10m', []], ['0s', ['error']], ['-1m', ['error']], ['abc', ['error']], ['25h', ['warning']]])('of a retention of %s', (written, severities) => {
    const { policy, problems } = readPolicy([zero({ default: `retention_period: ${written}` })]);
    expect(problems.map(({ severity }) => severity)).toEqual(severities);
    expect(policy.global.retentionMs).toBe(written === '25h' ? 90_000_000 : 600_000);
  });

  it('yields to what the saturation scaling ConfigMap says in the same layer, and both to a policy document', () => {
    const sources = [saturation({ default: 'scaleToZero: {enabled: false}' }), zero({ default: 'enable_scale_to_zero: true' })];
    expect(readPolicy(sources).policy.global.scaleToZero).toBe(false);
    expect(readPolicy([saturation({ default: 'scaleToZero: {enabled: false}', 'policy.yaml': 'global: {scaleToZero: {enabled: true}}' }), zero({})]).policy.global.scaleToZero).toBe(true);
  });
});

describe('latency targets', () => {
  it('of service classes are those of their models, with a default', () => {
    const data = {
      'premium.yaml': 'name: Premium\npriority: 1\ndata:\n- {model: default/default, slo-tpot: 24, slo-ttft: 500}\n- {model: meta/llama, slo-tpot: 80, slo-ttft: 400}\n',
      'freemium.yaml': 'name: Freemium\npriority: 10\ndata:\n- {model: ibm/granite, slo-tpot: 200, slo-ttft: 2000}\n',
    };
    const { policy, problems } = readPolicy([source('service-classes-config', data)]);
    expect([of(policy), of(policy, 'ibm/granite'), of(policy, 'x')].map(({ slo }) => slo)).toEqual([
      { attainment: 0.99, ttftSeconds: 0.4, itlSeconds: 0.08 },
      { attainment: 0.99, ttftSeconds: 2, itlSeconds: 0.2 },
      { attainment: 0.99, ttftSeconds: 0.5, itlSeconds: 0.024 },
    ]);
    expect(problems.map(({ severity, key }) => `${severity} ${key}`)).toEqual(['warning freemium.yaml.priority', 'warning premium.yaml.priority']);
  });

  it('of the queueing model come in pairs', () => {
    const queueing = (entry: string) => source('wva-queueing-model-config', { default: 'sloMultiplier: 3', a: `model_id: m\nnamespace: prod\n${entry}` });
    expect(of(readPolicy([queueing('targetTTFT: 500\ntargetITL: 50')]).policy, 'm').slo).toEqual({ attainment: 0.99, ttftSeconds: 0.5, itlSeconds: 0.05 });
    // none is none
    expect(of(readPolicy([queueing('targetTTFT: 0\ntargetITL: 0')]).policy, 'm').slo).toEqual({ attainment: 0.99 });
    expect(told(queueing('targetTTFT: -1\ntargetITL: 50')).join()).toMatch(/^error a\.targetTTFT/);
    expect(told(queueing('targetTTFT: 500'))).toContain('error a: an entry with both of targetTTFT and targetITL, or with neither');
  });
});
