import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReplicaSeries, SeriesSnapshot } from '../../model/index.ts';
import { replicaFamilies } from './families.ts';
import { negotiateFormat } from './negotiation.ts';
import { createExposition, desiredRatio } from './renderer.ts';

const seed: ReplicaSeries = {
  targetName: 'ms-inference-scheduling-decode',
  targetKind: 'Deployment',
  namespace: 'llm-d-inference-scheduling',
  acceleratorType: 'A100',
  variantName: 'ms-inference-scheduling-a100',
  modelName: 'meta/llama-3.1-8b',
  costPerHour: 10,
  role: 'decode',
  current: 1,
  desired: 2,
  decidedAtMs: 1_600_000_000_000,
  held: false,
};

function snapshot(...series: ReplicaSeries[]): SeriesSnapshot {
  return { atMs: 1_700_000_000_500, series, source: 'decision' };
}

function samples(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^(.*\}) (\S+)$/.exec(line) ?? [];
    expect(found.has(name), `${name} stands once`).toBe(false);
    found.set(name, value);
  }
  return found;
}

it("writes the seed's series with exactly its four labels", () => {
  const text = createExposition({ variantNameLabel: false }).render(snapshot(seed), []).toString();
  expect(text).toContain(
    '# TYPE wva_desired_replicas gauge\n' +
      'wva_desired_replicas{target_name="ms-inference-scheduling-decode",target_kind="Deployment",namespace="llm-d-inference-scheduling",accelerator_type="A100"} 2\n',
  );
  expect(text).toContain('wva_desired_ratio{target_name="ms-inference-scheduling-decode",target_kind="Deployment",namespace="llm-d-inference-scheduling",accelerator_type="A100"} 2\n');
  expect(text).toContain('wva_target_desired_replicas{target_name="ms-inference-scheduling-decode",target_kind="Deployment",namespace="llm-d-inference-scheduling"} 2\n');
  expect(text).toContain(
    'accelerator_type="A100",variant_name="ms-inference-scheduling-a100",model_name="meta/llama-3.1-8b",role="decode",cost="10"} 1\n',
  );
  expect(text).toContain('wva_desired_replicas_timestamp_seconds{target_name="ms-inference-scheduling-decode",target_kind="Deployment",namespace="llm-d-inference-scheduling",accelerator_type="A100"} 1700000000.5\n');
});

it('adds variant_name where the installation asks for it', () => {
  const text = createExposition({ variantNameLabel: true }).render(snapshot(seed), [{ series: seed, direction: 'up', reason: 'Demand', count: 3 }]).toString();
  expect(text).toContain('accelerator_type="A100",variant_name="ms-inference-scheduling-a100"} 2\n');
  expect(text).toContain('variant_name="ms-inference-scheduling-a100",direction="scale-up",reason="Demand"} 3\n');
});

it('knows nothing before something is known', () => {
  expect(createExposition({ variantNameLabel: false }).render(undefined, []).toString()).toBe('');
});

it.each([
  [0, 3, 3],
  [2, 4, 2],
  [4, 2, 0.5],
  [0, 0, 0],
])('has the ratio of %i current and %i desired as %d', (current, desired, ratio) => {
  expect(desiredRatio({ current, desired })).toBe(ratio);
});

it('adds up the accelerators of one target, and drops at once what a new snapshot lacks', () => {
  const exposition = createExposition({ variantNameLabel: false });
  const other = { ...seed, acceleratorType: 'MI300X', desired: 3, variantName: 'mi' };
  expect(exposition.render(snapshot(seed, other), []).toString()).toMatch(/wva_target_desired_replicas\{[^}]*\} 5\n/);
  const after = exposition.render(snapshot(other), []).toString();
  expect(after).not.toContain('A100');
  expect(after).toMatch(/wva_target_desired_replicas\{[^}]*\} 3\n/);
  const changed = exposition.render(snapshot({ ...other, modelName: 'other', desired: 0 }), []).toString();
  expect(changed).toContain('model_name="other"');
  expect(changed).toMatch(/wva_target_desired_replicas\{[^}]*\} 0\n/);
});

it('writes each label set once, whatever the snapshot says, since Prometheus refuses the scrape otherwise', () => {
  const text = createExposition({ variantNameLabel: false }).render(snapshot(seed, { ...seed, desired: 9 }, { ...seed, acceleratorType: 'L40S', desired: 4 }), []).toString();
  samples(text);
  expect(text).toMatch(/accelerator_type="A100"\} 2\n/);
  expect(text).toMatch(/accelerator_type="L40S"\} 4\n/);
  expect(text).toMatch(/wva_target_desired_replicas\{[^}]*\} 6\n/);
});

it('escapes what would break a line', () => {
  const text = createExposition({ variantNameLabel: false }).render(snapshot({ ...seed, acceleratorType: 'a"b\\c\nd' }), []).toString();
  expect(text).toContain('accelerator_type="a\\"b\\\\c\\nd"} 2\n');
});

it('writes OpenMetrics counters without _total in their heads', () => {
  const text = createExposition({ variantNameLabel: false }).render(snapshot(seed), [{ series: seed, direction: 'down', reason: 'Demand', count: 1 }], 'openmetrics').toString();
  expect(text).toContain('# TYPE wva_replica_scaling counter\nwva_replica_scaling_total{');
  expect(text).not.toContain('# TYPE wva_replica_scaling_total');
});

it('says the same with what it kept from other renders as from scratch', () => {
  const name = fc.constantFrom('a', 'b', 'c"', 'd\\', 'é');
  const series = fc.record({
    targetName: name,
    targetKind: fc.constantFrom('Deployment', 'StatefulSet'),
    namespace: fc.constantFrom('x', 'y'),
    acceleratorType: name,
    variantName: name,
    modelName: name,
    costPerHour: fc.constantFrom(1, 2.5),
    role: fc.constantFrom('decode', 'both'),
    current: fc.nat(9),
    desired: fc.nat(9),
    decidedAtMs: fc.nat(1e6),
    held: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.array(series, { maxLength: 12 }), { maxLength: 6 }), (rounds) => {
      const kept = createExposition({ variantNameLabel: false });
      for (const all of rounds) {
        const text = kept.render(snapshot(...all), []).toString();
        expect(text).toBe(createExposition({ variantNameLabel: false }).render(snapshot(...all), []).toString());
        const distinct = new Map<string, ReplicaSeries>();
        for (const s of all) {
          const key = [s.namespace, s.targetKind, s.targetName, s.acceleratorType].join('\n');
          if (!distinct.has(key)) distinct.set(key, s);
        }
        const found = samples(text);
        const sums = [...found].filter(([line]) => line.startsWith('wva_target_desired_replicas{'));
        expect(sums.reduce((total, [, value]) => total + Number(value), 0)).toBe([...distinct.values()].reduce((total, s) => total + s.desired, 0));
        expect([...found].filter(([line]) => line.startsWith('wva_desired_replicas{'))).toHaveLength(distinct.size);
      }
    }),
  );
});

it('has every family of the table in every render', () => {
  const text = createExposition({ variantNameLabel: false }).render(snapshot(seed), []).toString();
  expect([...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1])).toEqual(Object.keys(replicaFamilies));
});

it.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  ['application/openmetrics-text; version=1.0.0', 'openmetrics'],
  ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1', 'openmetrics'],
  ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.5', 'text'],
  ['application/openmetrics-text;version=2.0.0,text/plain;q=0.1', 'text'],
])('answers accept: %s with %s', (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});
