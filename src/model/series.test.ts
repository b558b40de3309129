import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredRatio, hash32, maxLabelBytes, sanitizeLabelValue, targetTotals, utf8Length } from './series.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ minLength: 100, maxLength: 300 }));
const loneSurrogates = fc.array(fc.integer({ min: 0xd700, max: 0xe100 }), { maxLength: 150 }).map((codes) => String.fromCharCode(...codes));

describe('label values', () => {
  it.each([
    ['  a100 ', 'a100'],
    ['', 'unknown'],
    ['   ', 'unknown'],
    ['A100 80GB/PCIe', 'A100 80GB/PCIe'],
    ['x'.repeat(128), 'x'.repeat(128)],
  ])('%j is %j', (text, expected) => {
    expect(sanitizeLabelValue(text)).toBe(expected);
  });

  it('are cut to 128 bytes with the hash of the whole, for ever the same', () => {
    expect(sanitizeLabelValue('x'.repeat(129))).toBe(`${'x'.repeat(119)}-${hash32('x'.repeat(129)).toString(16).padStart(8, '0')}`);
    expect([hash32(''), hash32('a'), hash32('äöü')].map((hash) => hash.toString(16))).toMatchInlineSnapshot(`
      [
        "ab3e7c0b",
        "1a80b1b3",
        "77bdb62e",
      ]
    `);
  });

  it('are valid UTF-8 of at most 128 bytes, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, loneSurrogates), (text) => {
        const label = sanitizeLabelValue(text);
        const bytes = new TextEncoder().encode(label);
        expect(bytes.length).toBeLessThanOrEqual(maxLabelBytes);
        expect(bytes.length).toBe(utf8Length(label));
        expect(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)).toBe(label);
        expect(sanitizeLabelValue(label)).toBe(label);
        expect(label.trim()).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('keep different targets apart, also those that differ only after the cut', () => {
    const prefix = 'model-server-'.repeat(12);
    const labels = new Set(Array.from({ length: 20_000 }, (_, index) => sanitizeLabelValue(`${prefix}${index}`)));
    expect(labels.size).toBe(20_000);
  });
});

it('gives the ratio, and the desired count where nothing runs', () => {
  const ratios = [[0, 3], [2, 4], [4, 2], [0, 0]].map(([current = 0, desired = 0]) => desiredRatio({ current, desired }));
  expect(ratios).toEqual([3, 2, 0.5, 0]);
});

it('adds up the accelerators of a target', () => {
  const one = { targetKind: 'Deployment', namespace: 'n', acceleratorType: 'A', variantName: 'v', modelName: 'm', costPerHour: 1, role: 'both', decidedAtMs: 0, held: false };
  const totals = targetTotals([
    { ...one, targetName: 't', current: 1, desired: 2 },
    { ...one, targetName: 's', current: 1, desired: 1 },
    { ...one, targetName: 't', acceleratorType: 'B', current: 1, desired: 3 },
  ]);
  expect(totals).toEqual([
    { targetName: 's', targetKind: 'Deployment', namespace: 'n', current: 1, desired: 1 },
    { targetName: 't', targetKind: 'Deployment', namespace: 'n', current: 2, desired: 5 },
  ]);
});
