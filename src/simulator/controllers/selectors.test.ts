import { describe, expect, it } from 'vitest';
import { allowsNode, matchesSelector, parseSelector, toleratesNode } from './selectors.ts';

describe('a selector as text', () => {
  it.each([
    ['app=x', { app: 'x' }, true],
    ['app==x,tier!=db', { app: 'x' }, true],
    ['app=x,tier!=db', { app: 'x', tier: 'db' }, false],
    ['tier in (a,b),app', { app: 'x', tier: 'b' }, true],
    ['tier in (a, b)', { tier: 'c' }, false],
    ['tier notin (a,b)', {}, true],
    ['!legacy', { legacy: '' }, false],
    ['legacy', {}, false],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matchesSelector(parseSelector(text), labels as Record<string, string>)).toBe(expected);
  });

  it('matches everything when it is empty and nothing when there is none', () => {
    expect(matchesSelector({}, { app: 'x' })).toBe(true);
    expect(matchesSelector(undefined, { app: 'x' })).toBe(false);
  });
});

describe('a node', () => {
  const node = { metadata: { labels: { product: 'A100', size: '8' } } };

  it('is allowed by selector and by required affinity', () => {
    const affinity = (expressions: { key: string; operator: string; values?: string[] }[]) => ({
      containers: [],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] } } },
    });
    expect(allowsNode({ containers: [], nodeSelector: { product: 'A100' } }, node)).toBe(true);
    expect(allowsNode({ containers: [], nodeSelector: { product: 'H100' } }, node)).toBe(false);
    expect(allowsNode(affinity([{ key: 'product', operator: 'In', values: ['H100', 'A100'] }]), node)).toBe(true);
    expect(allowsNode(affinity([{ key: 'size', operator: 'Gt', values: ['8'] }]), node)).toBe(false);
  });

  it('keeps away those who do not tolerate its taints', () => {
    const tainted = { ...node, spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } };
    expect(toleratesNode({ containers: [] }, tainted)).toBe(false);
    expect(toleratesNode({ containers: [], tolerations: [{ key: 'gpu', operator: 'Exists' }] }, tainted)).toBe(true);
    expect(toleratesNode({ containers: [], tolerations: [{ key: 'gpu', value: 'no' }] }, tainted)).toBe(false);
    expect(toleratesNode({ containers: [] }, { spec: { taints: [{ key: 'soft', effect: 'PreferNoSchedule' }] } })).toBe(true);
  });
});
