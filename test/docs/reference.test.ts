import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { optionsFrom, optionTable, policyFields, readPolicy, sourcesInText } from '../../src/config/index.ts';
import { parseVariantAutoscaling } from '../../src/wire/index.ts';
import { rendered, sections } from '../support/reference/sections.ts';

const page = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const pages = [...new Set(sections.map((section) => section.page))];
const examples = (path: string): string[] => [...page(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
const example = (path: string): unknown => parseAllDocuments(/```yaml\n([\s\S]*?)```/.exec(page(path))?.[1] ?? '')[0]?.toJS();

describe('the reference', () => {
  it.each(pages)('%s is what the code says; `npm run -s docs:render` renews it', (path) => {
    expect(rendered(path, page(path))).toBe(page(path));
  });

  it('names no setting and no key that there is not', () => {
    const text = page('docs/reference/configuration.md');
    const known = new Set([...optionTable.map(({ env }) => env), 'YAML']);
    expect([...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=\w+)?`/g)].map(([, name]) => name ?? '').filter((name) => !known.has(name))).toStrictEqual([]);
    const flags = new Set(optionTable.map(({ flag }) => flag));
    expect([...text.matchAll(/`(--[a-z-]+)`/g)].map(([, flag]) => flag).filter((flag) => !flags.has(flag))).toStrictEqual([]);
    for (const { key } of policyFields) expect(text).toContain(`| \`${key}\` |`);
  });

  it('has examples that work', () => {
    expect(parseVariantAutoscaling(example('docs/reference/crd.md'))).toMatchObject({ ok: true, warnings: [] });
    const places = { namespace: 'workload-variant-autoscaler-system', saturationName: 'wva-saturation-scaling-config' };
    for (const text of examples('docs/reference/configuration.md')) {
      const found = sourcesInText(text, 'example', places);
      expect(found.problems).toStrictEqual([]);
      expect(readPolicy(found.sources).problems).toStrictEqual([]);
    }
    expect(optionsFrom({}, {}).ok).toBe(true);
  });
});
