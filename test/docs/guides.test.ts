import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { optionsFrom, optionTable } from '../../src/config/index.ts';

const root = new URL('../../', import.meta.url);
const guides = [...readdirSync(new URL('docs/guides/', root)).map((file) => `docs/guides/${file}`), 'deploy/README.md', 'README.md', 'SECURITY.md'];
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
/** Names in capitals that are not ours. */
const foreign = new Set(['YOUR-REGISTRY', 'JOB_COMPLETION_INDEX', 'WVA_TRACES']);

describe.each(guides)('%s', (file) => {
  const text = read(file);

  it('applies only what is there', () => {
    const named = [...text.matchAll(/(?<![\w/.])(?:deploy|examples|test)\/[\w./-]*\w/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toStrictEqual([]);
  });

  it('sets only what the controller knows', () => {
    const known = new Set(optionTable.map(({ env }) => env));
    const named = [...text.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name).filter((name) => !foreign.has(name));
    expect(named.filter((name) => !known.has(name))).toStrictEqual([]);
    for (const [, yaml] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      const { patches = [] } = parse(yaml ?? '') as { patches?: { patch: string }[] };
      const values = patches.flatMap(({ patch }) => parse(patch) as { value: { name: string; value: string } }[]).map(({ value }) => [value.name, value.value]);
      expect(optionsFrom({}, Object.fromEntries(values) as Record<string, string>)).toMatchObject({ ok: true });
    }
  });
});
