import { createHash } from 'node:crypto';
import { sourcesFingerprint } from '../../runtime/index.ts';

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
  return sourcesFingerprint(decisive);
}
