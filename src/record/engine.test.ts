import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { engineFingerprint } from './engine.ts';

/** What a machine, its language or its clock would decide: a record could not be decided again elsewhere. */
const foreign = /\b(Date\.now|new Date\(\)|Math\.random|Intl|toLocale\w*|localeCompare|getTimezoneOffset|crypto|performance)\b/g;

it('what decides knows no clock, no chance, no language and no place', () => {
  const root = new URL('../', import.meta.url);
  const found = ['base', 'model', 'decide'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(new URL(`${folder}/${file}`, root), 'utf8').matchAll(foreign)].map(([word]) => `${folder}/${file}: ${word}`)),
  );
  expect(found).toEqual([]);
  expect(engineFingerprint()).toMatch(/^[0-9a-f]{16}$/);
});
