import { expect, it } from 'vitest';
import { asOpenMetrics, createMeters, meterTable } from './meters.ts';

it('has no value for what was never set, since a zero would be read as a fact', async () => {
  const meters = createMeters({ processMetrics: false });
  expect((await meters.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  meters.set('wva_leader', {}, 0);
  meters.count('wva_errors_total', { component: 'collector', error_type: 'Timeout' });
  const text = await meters.render();
  expect(text).toContain('\nwva_leader 0\n');
  expect(text).toContain('wva_errors_total{component="collector",error_type="Timeout"} 1\n');
  meters.clear('wva_leader');
  expect(await meters.render()).not.toContain('\nwva_leader 0\n');
});

it('counts, sets and observes every meter of its table', async () => {
  const meters = createMeters({ processMetrics: false });
  for (const [name, spec] of Object.entries(meterTable)) {
    const labels = Object.fromEntries(spec.labels.map((label) => [label, 'x'])) as never;
    if (spec.type === 'counter') meters.count(name as 'wva_errors_total', labels);
    else if (spec.type === 'gauge') meters.set(name as 'wva_leader', labels, 1);
    else meters.observe(name as 'wva_optimization_duration_seconds', labels, 0.1);
  }
  const text = await meters.render();
  for (const [name, { type }] of Object.entries(meterTable)) expect(text).toMatch(new RegExp(`^${name}${type === 'histogram' ? '_count' : ''}[ {]`, 'm'));
});

it('names counters without _total in the heads of OpenMetrics, and nowhere else', () => {
  expect(asOpenMetrics('# HELP a_total A thing_total b.\n# TYPE a_total counter\na_total{x="# TYPE y_total "} 1\n\n# HELP b_total B.\n# TYPE b_total gauge\nb_total 2\n')).toBe(
    '# HELP a A thing_total b.\n# TYPE a counter\na_total{x="# TYPE y_total "} 1\n# HELP b_total B.\n# TYPE b_total gauge\nb_total 2\n',
  );
});
