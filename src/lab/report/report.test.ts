import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { madeResults, madeRun, madeTimeline } from '../../../test/support/lab/made-results.ts';
import { createRandom } from '../../runtime/index.ts';
import { embedJson, embedScript, escapeText } from './embed.ts';
import { packTimeline, thinTimeline, type PackedTimeline } from './packed-timeline.ts';
import { pageModules } from './page-modules.ts';
import { renderReport } from './render-report.ts';
import { reportData } from './report-data.ts';

describe('renderReport', () => {
  it('stays below 15 MB for 20 scenarios, 25 policies and 10 seeds of a long day', () => {
    const page = renderReport(madeResults({ scenarios: 20, policies: 25, seeds: 10, rows: 5760 }), { version: '1', notes: [] });
    expect(Buffer.byteLength(page)).toBeLessThan(15e6);
  });

  it('is the same twice, and names no address outside itself', () => {
    const results = madeResults({ scenarios: 2, policies: 6, seeds: 2, rows: 60 });
    const page = renderReport(results, { version: '1', notes: [] });
    expect(renderReport(results, { version: '1', notes: [] }) === page).toBe(true);
    expect(/<(?:script|link|iframe)[^>]+(?:src|href)=["'h][^>]*>/.exec(page)?.[0]).toBeUndefined();
    expect(page.includes("default-src 'none'")).toBe(true);
  });

  it('cannot be broken out of by what was recorded', () => {
    const results = madeResults({ scenarios: 1, policies: 1, seeds: 1, rows: 10 });
    const runs = [...results.runs, madeRun('scenario-1', '</script><script>alert(1)</script>', 1)];
    const page = renderReport({ ...results, runs }, { version: '"><img src=x onerror=alert(1)>', notes: ['<!-- <script>'] });
    // the plotting library behind it has such texts of its own
    const recorded = page.slice(0, page.indexOf('Licensed to the Apache Software Foundation'));
    expect(recorded.length).toBeGreaterThan(5000);
    expect(['<script>alert', '<img', '<!--'].filter((text) => recorded.includes(text))).toStrictEqual([]);
  });
});

describe('what is embedded', () => {
  it('cannot end its element, and means the same', () => {
    const text = '</script><!--  &';
    expect(embedJson({ text })).not.toMatch(/[<\u2028]/);
    expect(JSON.parse(embedJson({ text }))).toStrictEqual({ text });
    expect(embedScript('a = "</script>"; b = "<!-- c"')).toBe(String.raw`a = "\x3c/script>"; b = "\x3c!-- c"`);
    expect(escapeText('<a href="x">&')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;');
  });

  it('has every module of the page, linked by bare names and without types', () => {
    const { imports, entry } = pageModules();
    expect(Object.keys(imports)).toContain(entry);
    for (const [name, address] of Object.entries(imports)) {
      const source = Buffer.from(address.split(',')[1] ?? '', 'base64').toString();
      expect(source, name).not.toMatch(/from '\.|interface |import type \{ \w/);
      for (const [, needed = ''] of source.matchAll(/from '([^']+)'/g)) expect(Object.keys(imports), name).toContain(needed);
    }
  });
});

describe('a packed time line', () => {
  const timeline = madeTimeline(createRandom('day'), 5760);
  const why = (index: number): { atSeconds: number; variant: string; from: number; to: number; why: string } => ({ atSeconds: index, variant: '0/a', from: 1, to: index % 2 === 0 ? 1 : 2, why: `${index}` });

  it('is thinned so that no peak is lost', () => {
    const thin = thinTimeline(madeRun('day', 'wva', 3, {}, { timeline }));
    expect(thin).toMatchObject({ seed: 3, thinned: 8, stepSeconds: 120 });
    const [before] = timeline.models;
    const [after] = thin.models;
    expect(after?.ttftP90Seconds).toHaveLength(720);
    const highest = (values: readonly (number | null)[] = []): number => Math.max(...values.map((value) => value ?? 0));
    for (const name of ['ttftP90Seconds', 'tpotP90Seconds', 'waiting'] as const) expect(highest(after?.[name])).toBeCloseTo(highest(before?.[name]), 2);
    expect(Math.min(...(after?.attainment ?? []).map((value) => value ?? 1))).toBeCloseTo(Math.min(...(before?.attainment ?? []).map((value) => value ?? 1)), 3);
    const total = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);
    expect(total(thin.variants[0]?.ready) * 8).toBeCloseTo(total(timeline.variants[0]?.ready), 0);
  });

  it('keeps a short one as it is, and comes out of its packing', () => {
    const short = madeTimeline(createRandom('short'), 100);
    const packed = packTimeline(madeRun('ramp', 'wva', 1, {}, { timeline: short, decisions: [why(1)] }));
    const unpacked = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as PackedTimeline;
    expect(unpacked).toMatchObject({ thinned: 1, stepSeconds: 15, decisions: [[1, '0/a', 1, 2, '1']] });
    expect(unpacked.variants[0]?.spec).toStrictEqual(short.variants[0]?.spec);
  });

  it('lists changes before all else when there are too many decisions, and says how many there were', () => {
    const decisions = Array.from({ length: 1000 }, (_, index) => why(index));
    const thin = thinTimeline(madeRun('day', 'wva', 1, {}, { timeline, decisions }));
    expect(thin.decisions).toHaveLength(500);
    expect(thin.decisions.every(([, , from, to]) => from !== to)).toBe(true);
    expect(thin.ofDecisions).toBe(1000);
  });
});

describe('reportData', () => {
  it('has held-out scenarios first, bounds apart, and one time line for each policy that has one', () => {
    const packed: string[] = [];
    const data = reportData(madeResults({ scenarios: 3, policies: 6, seeds: 2, rows: 20 }), '1', [], (run) => packed.push(`${run.scenario}/${run.policy}/${run.seed}`) - 1);
    expect(data.scenarios.map(({ usedInDesign }) => usedInDesign)).toStrictEqual([false, false, true]);
    const [scenario] = data.scenarios;
    expect(scenario?.rows).toHaveLength(7);
    expect(scenario?.bounds).toHaveLength(5);
    expect(scenario?.bound.length).toBeGreaterThan(2);
    expect(packed).toHaveLength(21);
    expect(packed.every((name) => name.endsWith('/1'))).toBe(true);
    expect(scenario?.rows[0]?.values['attainment']).toHaveLength(3);
    expect(scenario?.refusals).toStrictEqual([{ policy: 'knative', why: 'it knows one variant only' }]);
  });

  it('draws what came without facts', () => {
    const results = { ...madeResults({ scenarios: 1, policies: 1, seeds: 1, rows: 10 }), scenarios: new Map(), policies: new Map() };
    const data = reportData(results, '1', [], () => 0);
    expect(data.scenarios[0]).toMatchObject({ title: 'scenario-1', usedInDesign: false });
    expect(data.policies['clairvoyant@1']?.family).toBe('bound');
  });
});
