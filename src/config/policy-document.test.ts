import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { days, overlapIn } from '../base/index.ts';
import { defaultPolicySet, policyForModel, type PolicyLayer, type PolicySet } from '../model/index.ts';
import { explainPolicy, readPolicy, sourcesInText, writtenPolicy, type PolicySource } from './index.ts';

const places = { namespace: 'wva', saturationName: 'wva-saturation-scaling-config' };
const document = (yaml: string): PolicySource => ({ name: 'policy.yaml', kind: 'document', data: { '': yaml } });
const told = (yaml: string): string[] => readPolicy([document(yaml)]).problems.map(({ message }) => message);

describe('a policy document', () => {
  it('has layers and quotas', () => {
    const { policy, problems } = readPolicy([
      document(`
global:
  analyzer: percent
  slo: {ttft: 500ms, itl: 50ms}
  scaleToZero: {enabled: true, retention: 5m}
namespaces:
  team-a: {priority: 0}
models:
  org/chat-8b: {startup: 90s}
  org/chat-8b#team-a: {mode: pausedDown}
quotas:
  cluster: {H100: 16, A100: -1}
  namespaces: {team-a: {H100: 8}}
  defaultNamespace: {H100: 4, '*': 0}
`),
    ]);
    expect(problems).toStrictEqual([]);
    expect(policyForModel(policy, { namespace: 'team-a', modelID: 'org/chat-8b' })).toMatchObject({ analyzer: 'percent', slo: { ttftSeconds: 0.5, itlSeconds: 0.05, attainment: 0.99 }, scaleToZero: true, retentionMs: 300_000, priority: 0, startupMs: 90_000, mode: 'pausedDown' });
    expect(policy.quotas).toStrictEqual({ cluster: { H100: 16 }, namespaces: { 'team-a': { H100: 8 } }, defaultNamespace: { H100: 4, '*': 0 } });
  });

  it('has a schedule', () => {
    const { policy, problems } = readPolicy([document('global:\n  schedule:\n  - {name: office, days: [Fri, Mon], from: "08:00", to: "18:00", timeZone: Europe/Berlin, minReplicas: 4}\n')]);
    expect(problems).toStrictEqual([]);
    expect(policy.global.schedule).toStrictEqual([{ name: 'office', days: ['Mon', 'Fri'], fromMinute: 480, toMinute: 1080, timeZone: 'Europe/Berlin', minReplicas: 4 }]);
  });

  it('is refused with everything that is wrong in it, each with key, value and what may stand there', () => {
    expect(told('global:\n  slo: {ttft: fast}\n  mode: off\n  priority: -1\nmodels:\n  m: {retention: 1m, forecast: 1}\nquotas: {cluster: {H100: 1.5}}\nlimits: {}\n')).toEqual([
      'policy.yaml: global.slo.ttft is "fast", and must be a duration from 1ms to 1h, such as 500ms.',
      'policy.yaml: global.mode is "off", and must be one of act, recommend, paused, pausedDown.',
      'policy.yaml: global.priority is "-1", and must be a number that is at least 0.',
      expect.stringMatching(/^policy\.yaml: models\.m\.retention is "1m", and should be one of the known keys/) as string,
      'policy.yaml: models.m.forecast is "1", and must be true or false.',
      'policy.yaml: quotas.cluster.H100 is "1.5", and must be a whole number from 0 to 1048576, or -1 for no limit.',
      'policy.yaml: limits is "{}", and should be one of the parts of a policy (global, namespaces, models, quotas).',
    ]);
  });

  it.each([
    ['[{from: "08:00", to: "18:00", timeZone: UTC}]', 'schedule[0]', 'an entry with minReplicas or maxReplicas'],
    ['[{from: "08:00", to: "18:00", timeZone: Mars, minReplicas: 1}]', 'schedule[0].timeZone', 'a time zone of the IANA database'],
    ['[{from: "8", to: "18:00", timeZone: UTC, minReplicas: 1}]', 'schedule[0].from', 'a time from 00:00 to 23:59'],
    ['[{from: "08:00", to: "08:00", timeZone: UTC, minReplicas: 1}]', 'schedule[0].to', 'another time than from'],
    ['[{from: "08:00", to: "25:00", timeZone: UTC, minReplicas: 1}]', 'schedule[0].to', 'a time from 00:00 to 24:00'],
    ['[{days: [Monday], from: "08:00", to: "18:00", timeZone: UTC, minReplicas: 1}]', 'schedule[0].days', 'a list of days'],
    ['[{from: "08:00", to: "18:00", timeZone: UTC, minReplicas: 3, maxReplicas: 2}]', 'schedule[0].maxReplicas', 'at least minReplicas (3)'],
    ['[{from: "08:00", to: "18:00", timeZone: UTC, minReplicas: 1}, {from: "17:00", to: "19:00", timeZone: Europe/Berlin, minReplicas: 2}]', 'schedule[1]', 'at other hours than global.schedule[0]'],
    ['always', 'schedule', 'a list of entries'],
  ])('refuses the schedule %s', (written, key, allowed) => {
    expect(readPolicy([document(`global: {schedule: ${written}}`)])).toMatchObject({ policy: defaultPolicySet, problems: [{ severity: 'error', key: `global.${key}`, allowed: expect.stringContaining(allowed) as string }] });
  });

  it('is checked where its layers meet, and blames the narrower', () => {
    expect(told('namespaces: {a: {kvCacheThreshold: 0.3}}\nmodels: {m: {kvSpareTrigger: 0.4}}')).toEqual(['policy.yaml: models.m.kvSpareTrigger is "0.4", and must be at most kvCacheThreshold (0.3).']);
  });

  it('says what it said last where it is refused, and counts again when it is mended', () => {
    const first = readPolicy([document('global: {priority: 2}')]);
    const second = readPolicy([document('global: {priority: many}')], first.statements);
    const third = readPolicy([document('global: {priority: 3}')], second.statements);
    expect([first, second, third].map(({ policy, sources }) => [policy.global.priority, sources[0]?.valid])).toEqual([[2, true], [2, false], [3, true]]);
    expect(new Set([first, second, third].map(({ sources }) => sources[0]?.hash)).size).toBe(3);
  });

  it('comes back from its print', () => {
    const entry = fc.record({ days: fc.subarray([...days], { minLength: 1 }), fromMinute: fc.integer({ min: 0, max: 1439 }), toMinute: fc.integer({ min: 0, max: 1440 }), timeZone: fc.constantFrom('UTC', 'Europe/Berlin'), minReplicas: fc.nat(9) }).filter(({ fromMinute, toMinute }) => fromMinute !== toMinute);
    const layer: fc.Arbitrary<PolicyLayer> = fc.record(
      {
        analyzer: fc.constantFrom('learned', 'tokens'),
        slo: fc.record({ ttftSeconds: fc.integer({ min: 1, max: 9000 }).map((ms) => ms / 1000), attainment: fc.constantFrom(0.9, 0.999) }, { requiredKeys: [] }),
        saturation: fc.record({ kvCacheThreshold: fc.double({ min: 0.5, max: 1, noNaN: true }), queueSpareTrigger: fc.nat(9) }, { requiredKeys: [] }),
        priority: fc.nat(9),
        mode: fc.constantFrom('act', 'pausedDown'),
        schedule: fc.array(entry, { maxLength: 2 }).filter((entries) => overlapIn(entries) === undefined),
        scaleToZero: fc.boolean(),
        retentionMs: fc.integer({ min: 1000, max: 9_000_000 }),
        startupMs: fc.integer({ min: 1000, max: 9_000_000 }),
        forecast: fc.boolean(),
        scaleDownMaxFraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(layer, layer, layer, (global, namespace, model) => {
        const { policy } = readPolicy([document(stringify({ global: written(global), namespaces: { a: written(namespace) }, models: { 'org/m#a': written(model) } }))]);
        const again = readPolicy([document(stringify(writtenPolicy(policy)))]);
        expect(again.problems).toStrictEqual([]);
        expect(again.policy).toStrictEqual(policy);
        if (Object.keys(model).length > 0) expect(policy.models['org/m#a']).toEqual(withoutEmpty(model));
      }),
    );
  });
});

describe('whatever is written', () => {
  it('is named in quotes where its name is nothing', () => {
    const { problems } = readPolicy([{ name: 's', kind: 'document', data: { '': '?' } }]);
    expect(problems.map(({ message }) => message)).toEqual(['s: "" is "null", and should be one of the parts of a policy (global, namespaces, models, quotas).']);
  });

  it('is read or complained of, and what is in force stays whole', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const keys = fc.constantFrom('global', 'namespaces', 'models', 'quotas', 'slo', 'schedule', 'scaleToZero', 'analyzers', 'limiters', 'enableLimiter', 'priority', 'model_id', 'namespace', 'data', '__proto__', 'kvCacheThreshold');
    const entry = fc.dictionary(keys, value).map((written) => stringify(written));
    const kinds = fc.constantFrom('setting', 'serviceClasses', 'queueingModel', 'scaleToZero', 'saturation', 'document');
    fc.assert(
      fc.property(kinds, fc.dictionary(fc.constantFrom('default', 'a', 'b#c', 'policy.yaml'), fc.oneof(entry, fc.string())), (kind, entries) => {
        const data = kind === 'document' || kind === 'setting' ? { '': Object.values(entries)[0] ?? '' } : entries;
        const { policy, problems, sources } = readPolicy([{ name: 's', kind, data }]);
        expect(Object.keys(policy.global)).toEqual(expect.arrayContaining(Object.keys(defaultPolicySet.global)));
        expect(sources[0]?.valid).toBe(!problems.some(({ severity }) => severity === 'error'));
        for (const { message } of problems) expect(message).toMatch(/^s: .+ is ".*", and (must|should) be .+\.$/s);
        if (sources[0]?.valid === false) expect(policy).toEqual(defaultPolicySet);
      }),
    );
  });
});

function written(layer: PolicyLayer): unknown {
  return (writtenPolicy({ ...defaultPolicySet, models: { m: layer } })['models'] as Record<string, unknown>)['m'];
}

/** A group without a word in it is not written. */
function withoutEmpty(layer: PolicyLayer): PolicyLayer {
  return Object.fromEntries(Object.entries(layer).filter(([, value]: [string, unknown]) => Array.isArray(value) || typeof value !== 'object' || Object.keys(value as object).length > 0));
}

describe('files', () => {
  const read = (text: string): PolicySet => readPolicy(sourcesInText(text, 'f.yaml', places).sources).policy;

  it.each([
    ['a document', 'global: {priority: 3}'],
    ['its fields', 'priority: 3'],
    ['entries', 'default: "priority: 3"'],
    ['a manifest', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wva-saturation-scaling-config, namespace: wva}\ndata: {default: "priority: 3"}'],
    ['a manifest of another name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\ndata: {policy.yaml: "global: {priority: 3}"}'],
    ['manifests among others', 'apiVersion: v1\nkind: Secret\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: wva-saturation-scaling-config}\ndata: {default: "priority: 3"}\n---\n'],
  ])('may hold %s', (_, text) => {
    expect(read(text).global.priority).toBe(3);
  });

  it('that refer to what is not there are told of, and so are those that refer too often', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`)].join('\n');
    for (const text of ['priority: *none', bomb]) {
      expect(sourcesInText(text, 'f.yaml', places).problems).toEqual([expect.stringMatching(/^f\.yaml: YAML was expected \(/) as string]);
      expect(readPolicy([{ name: 's', kind: 'saturation', data: { default: text } }]).sources).toMatchObject([{ valid: false }]);
    }
  });

  it('may hold several, and the last has the last word', () => {
    const text = 'global: {priority: 3, scaleUpMaxFactor: 4}\n---\nglobal: {priority: 5}\n';
    expect(sourcesInText(text, 'f.yaml', places).sources.map(({ name }) => name)).toEqual(['f.yaml', 'f.yaml (2)']);
    expect(read(text).global).toMatchObject({ priority: 5, scaleUpMaxFactor: 4 });
  });
});

it('explains each field by layer, source and place', () => {
  const reading = readPolicy([document('global: {priority: 2}\nnamespaces: {a: {mode: paused}}\nmodels: {m: {slo: {ttft: 1s}}, "m#b": {priority: 9}}')]);
  const of = { namespace: 'a', modelID: 'm' };
  const explained = explainPolicy(reading, of, policyForModel(reading.policy, of));
  const about = (key: string) => explained.find((field) => field.key === key);
  expect(about('priority')).toEqual({ key: 'priority', value: 2, layer: 'global', source: 'policy.yaml', at: 'global.priority' });
  expect(about('mode')).toEqual({ key: 'mode', value: 'paused', layer: 'namespace a', source: 'policy.yaml', at: 'namespaces.a.mode' });
  expect(about('slo.ttft')).toEqual({ key: 'slo.ttft', value: '1s', layer: 'model m', source: 'policy.yaml', at: 'models.m.slo.ttft' });
  expect(about('scaleUpMaxFactor')).toEqual({ key: 'scaleUpMaxFactor', value: 2, layer: 'built in' });
  expect(about('startup')).toEqual({ key: 'startup', layer: 'nobody' });
});
