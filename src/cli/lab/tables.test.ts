import { describe, expect, it } from 'vitest';
import { madeResults, madeRun } from '../../../test/support/lab/made-results.ts';
import { pairedDifference, summarize } from '../../lab/runs/index.ts';
import { drawTable, wrap } from './columns.ts';
import { amount, latency, percent, signedPercent, span } from './figures.ts';
import { thereIsNo } from './near.ts';
import { progressLine } from './progress-view.ts';
import { legend, summaryTable } from './summary-table.ts';

describe('figures', () => {
  it.each([
    [percent({ mean: 0.98123, low: 0.97, high: 0.992, count: 10 }), '98.1 ±1.1 %'],
    [percent({ mean: 1, count: 1 }), '100.0 %'],
    [signedPercent({ mean: -0.071, low: -0.18, high: 0.038, count: 3 }), '-7.1 ±10.9 %'],
    [signedPercent(undefined), '-'],
    [amount({ mean: 5.916, low: 5.9, high: 5.932, count: 10 }), '5.92 ±0.02'],
    [amount({ mean: 1234.5, low: 1200, high: 1269, count: 10 }), '1235 ±35'],
    [latency({ mean: 0.0421, count: 2 }), '42 ms'],
    [latency({ mean: 66.43, count: 2 }), '66.4 s'],
    [span(42), '42 s'],
    [span(130), '2 min 10 s'],
    [span(1200), '20 min'],
    [span(7260), '2 h 1 min'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('progressLine', () => {
  const progress = { done: 3, failed: 0, total: 6, secondsLeft: 130, last: madeRun('diurnal', 'wva-direct-startup-known', 2) };

  it.each([[40, 10], [80, 20], [200, 30]])('is one line on %i columns with a bar of %i, whatever ended last', (columns, width) => {
    const line = progressLine(progress, 0, columns);
    expect(line.length).toBeLessThan(columns);
    expect(line.match(/[█░]+/)?.[0]).toHaveLength(width);
    expect(progressLine({ ...progress, last: madeRun('a', 'b', 1) }, 0, columns).match(/[█░]+/)?.[0]).toHaveLength(width);
  });

  it('counts down between two results, and never below a second', () => {
    expect(progressLine(progress, 10, 120)).toContain('3 of 6 runs, about 2 min left; diurnal, wva-direct-startup-known, seed 2');
    expect(progressLine(progress, 1000, 120)).toContain('about 1 s left');
  });
});

describe('thereIsNo', () => {
  it.each([
    ['hap', 'There is no policy "hap". Did you mean hpa?'],
    ['static', `There is no policy "static". Did you mean 'static*'?`],
    ['nothing-like-it', 'There is no policy "nothing-like-it". wva lab list policies shows what there is.'],
  ])('%s', (name, expected) => {
    expect(thereIsNo('policy', name, ['hpa', ...Array.from({ length: 8 }, (_, index) => `static-${index}`)], 'wva lab list policies')).toBe(expected);
  });
});

describe('drawTable', () => {
  it('sets numbers to the right and cuts what is too long', () => {
    const lines = drawTable([{ title: 'name', widest: 6 }, { title: 'n', align: 'right' }], [{ cells: ['much too long', '7'] }, { cells: ['ab', '1234'] }]);
    expect(lines).toStrictEqual(['name       n', 'much …     7', 'ab      1234']);
  });

  it('wraps at words', () => {
    expect(wrap('one two three four', 10, '  ')).toStrictEqual(['  one two', '  three', '  four']);
  });
});

describe('summaryTable', () => {
  const results = madeResults({ scenarios: 1, policies: 25, seeds: 10, rows: 10 });
  const [summary] = summarize(results.runs);
  const scenario = [...results.scenarios.values()][0]?.scenario;
  if (summary === undefined || scenario === undefined) throw new Error('nothing was made');

  it('keeps within 100 columns, says seeds and whether the scenario was held out, and why a policy is missing', () => {
    const text = summaryTable(summary, { scenario, refusals: [{ policy: 'knative', why: 'it knows one variant only' }] });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toContain('10 seeds, held out');
    expect(text).toContain('knative was not played: it knows one variant only');
    expect(text.split('\n').filter((line) => /^(?:static|peer|wva)/.test(line))).toHaveLength(26);
    expect(text).not.toContain('clairvoyant@');
  });

  it('leaves columns out on a narrow terminal, the money last', () => {
    const text = summaryTable(summary, { scenario, width: 80 });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).not.toContain('turns');
    expect(text).toContain('over bound');
    expect(summaryTable(summary, { scenario })).toContain('turns');
  });

  it('shows plans of the bound where nothing else was played', () => {
    const [alone] = summarize(results.runs.filter(({ policy }) => policy.startsWith('clairvoyant@')));
    if (alone === undefined) throw new Error('nothing was made');
    const text = summaryTable(alone, { scenario });
    expect(text).toContain('10 seeds, held out');
    expect(text.match(/^clairvoyant@/gm)).toHaveLength(5);
    expect(Math.max(...legend.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('shows differences on the same seeds', () => {
    const runs = ['a', 'b'].flatMap((policy) => [1, 2, 3].map((seed) => madeRun('ramp', policy, seed, { attainment: (policy === 'a' ? 0.9 : 0.92) + 0.01 * seed, money: policy === 'a' ? 20 : 18 })));
    const [pair] = summarize(runs);
    if (pair === undefined) throw new Error('nothing to show');
    const difference = pairedDifference(runs.filter(({ policy }) => policy === 'b'), runs.filter(({ policy }) => policy === 'a'));
    const text = summaryTable(pair, { against: { policy: 'a', differences: new Map(difference === undefined ? [] : [['b', difference]]) } });
    expect(text).toMatch(/^b .* \+2\.0 ±0\.0 +-10\.0 ±0\.0 %$/m);
  });

  it('says that one seed has no intervals', () => {
    const [one] = summarize([madeRun('ramp', 'a', 1)]);
    expect(one && summaryTable(one, {})).toContain('1 seed: no intervals');
  });
});
