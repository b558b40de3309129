import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { quoted, readPage, root, tableBelow } from './pages.ts';

interface Rule {
  readonly name: string;
  readonly to: { readonly pathNot?: readonly string[] };
}

const { default: configuration } = (await import(new URL('.dependency-cruiser.mjs', root).href)) as { default: { forbidden: readonly Rule[] } };
/** What each floor may import, as the rules have it. */
const enforced = new Map(
  configuration.forbidden
    .filter(({ name }) => name.startsWith('floor-'))
    .map(({ name, to }): [string, string[]] => {
      const floor = name.slice('floor-'.length);
      const allowed = (to.pathNot ?? []).map((pattern) => pattern.replace(/^\^src\//, '').replace(/\/$/, ''));
      return [floor, allowed.filter((other) => other !== floor).toSorted()];
    }),
);
const rows = tableBelow('ARCHITECTURE.md', '| Floor |');

it('has the floors that are enforced, and no others but the one that may import everything', () => {
  const documented = rows.map(([floor = '', allowed = '']): [string, string[]] => [quoted(floor)[0] ?? '', allowed === 'everything' ? ['everything'] : quoted(allowed).toSorted()]);
  expect(Object.fromEntries(documented)).toStrictEqual({ ...Object.fromEntries(enforced), cli: ['everything'] });
  for (const [floor = '', , reason = ''] of rows) expect(reason.length, floor).toBeGreaterThan(20);
});

it('has a floor for every folder of src', () => {
  const folders = readdirSync(new URL('src/', root), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rows.flatMap(([floor = '']) => quoted(floor)).toSorted()).toStrictEqual(folders.map(({ name }) => name).toSorted());
});

it('names only files and folders that there are', () => {
  const named = [...readPage('ARCHITECTURE.md').matchAll(/`((?:src|test|docs|deploy)\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(new URL(path, root)))).toStrictEqual([]);
});
