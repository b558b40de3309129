import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf, pages, readPage, root } from './pages.ts';

describe.each(pages)('%s', (path) => {
  it('leads only to places that exist', () => {
    const broken = linksOf(path).filter(({ page, anchor }) => {
      if (!existsSync(new URL(page, root))) return true;
      return anchor !== '' && page.endsWith('.md') && !anchorsOf(page).includes(anchor);
    });
    expect(broken).toStrictEqual([]);
  });

  it('speaks of no place on somebody\'s machine', () => {
    expect(readPage(path).match(/(?<![\w.])\/(?:root|home|work|Users)\/\S*/g)).toBeNull();
  });
});

it('the index of the documentation leads to every page of it', () => {
  const reached = new Set(linksOf('docs/README.md').map(({ page }) => page));
  expect(pages.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md' && !reached.has(path))).toStrictEqual([]);
});
