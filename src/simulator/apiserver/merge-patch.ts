import type { Fields } from './api-object.ts';
import { copyJson, isFields } from './api-object.ts';

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return copyJson(patch);
  const result: Fields = isFields(document) ? { ...document } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = applyMergePatch(result[name], value);
  }
  return result;
}
