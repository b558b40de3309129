import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** JSON with keys in order, so that the same thing has one text. Keys without a value are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** 16 hexadecimal digits that stand for a thing: enough that two of a million never meet by chance. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

/** Folders under `src` that decide how a run ends. The others may change, and results stay valid. */
export const decisive: readonly string[] = ['base', 'decide', 'lab/bounds', 'lab/policies', 'lab/scenario', 'lab/stage', 'model', 'observe', 'prometheus', 'runtime', 'simulator', 'wire'];

/** Fingerprint of the sources that a result depends on: a result of other code is run again. */
export function codeFingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of decisive) {
    const url = new URL(`../../${folder}/`, import.meta.url);
    const files = readdirSync(url, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    for (const file of files.toSorted()) hash.update(`${folder}/${file}\n`).update(readFileSync(new URL(file, url)));
  }
  return hash.digest('hex').slice(0, 16);
}
