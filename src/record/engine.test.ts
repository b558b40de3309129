import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { engineFingerprint } from './engine.ts';

/** What a machine, its language or its clock would decide: a record could not be decided again elsewhere. */
const foreign = /\b(Date\.now|new Date\(\)|Math\.random|Intl|toLocale\w*|localeCompare|getTimezoneOffset|crypto|performance)\b/g;

/**
 * Bounds of a schedule hold by the clock on the wall of a time zone, and when those are set forward governments decide: only the platform's data knows. So a schedule
 * in a zone whose rules changed lately may be decided otherwise by a machine with other data, which the page on replays says.
 */
const needed: readonly string[] = ['base/local-time.ts: Intl'];

it('what decides knows no clock, no chance, no language and no place but the time zones of schedules', () => {
  const root = new URL('../', import.meta.url);
  const found = ['base', 'model', 'decide'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(new URL(`${folder}/${file}`, root), 'utf8').matchAll(foreign)].map(([word]) => `${folder}/${file}: ${word}`)),
  );
  expect([...new Set(found)]).toEqual(needed);
  expect(engineFingerprint()).toMatch(/^[0-9a-f]{16}$/);
});
