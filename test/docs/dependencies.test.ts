import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quoted, root } from './pages.ts';

const page = readFileSync(new URL('docs/decisions/dependencies.md', root), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;

/** The packages in the first column of the section's table. */
function listed(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  for (const row of rows) expect(row.split('|').slice(1, -1).every((cell) => cell.trim() !== ''), row).toBe(true);
  return rows.flatMap((row) => quoted(row.split('|')[1] ?? '')).toSorted();
}

describe('docs/decisions/dependencies.md', () => {
  it.each([
    ['At run time', 'dependencies'],
    ['While developing', 'devDependencies'],
  ] as const)('says under "%s" why each package is there, and names no other', (heading, section) => {
    expect(listed(heading)).toStrictEqual(Object.keys(manifest[section]).toSorted());
  });

  it('tells the truth about pinning', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toStrictEqual([]);
  });
});
