import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scalerAnnotations } from '../../src/observe/index.ts';

it('the page on annotations has every one, with the field that it stands for, and no other', () => {
  const text = readFileSync(new URL('../../docs/reference/annotations.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(llm-d\.ai\/[\w-]+)` \| `spec\.(\w+)`/gm)].map(([, annotation, field]) => [annotation, field]);
  expect(Object.fromEntries(rows)).toStrictEqual(scalerAnnotations);
});
