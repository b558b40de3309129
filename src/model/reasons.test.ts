import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conditionTypes } from './decision.ts';
import { reasons } from './reasons.ts';

const page = readFileSync(new URL('../../docs/reference/conditions.md', import.meta.url), 'utf8');

describe('docs/reference/conditions.md', () => {
  it('explains every reason in the words of the code, once, and no other', () => {
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| ([^|]+) \| [^|]+ \|$/gm)].map(([, code = '', meaning = '']) => [code, meaning]);
    expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length);
    expect(Object.fromEntries(rows)).toEqual({ ...reasons });
  });

  it('explains every condition type, and no other', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm)].map(([, type]) => type);
    expect(rows).toEqual([...conditionTypes]);
  });
});
