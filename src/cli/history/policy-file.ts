import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { policyFields, policyFromConfigMaps } from '../../config/index.ts';
import { defaultPolicySet, type PolicySet } from '../../model/index.ts';
import type { ConfigMap } from '../../wire/index.ts';

/** The name that stands for the policy of who has written none. */
export const builtIn = 'built-in';

export type PolicyRead =
  | { readonly ok: true; readonly name: string; readonly policy: PolicySet; /** Said, and used all the same. */ readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a policy from a file: the saturation scaling ConfigMap as it would be applied, its `data` alone, or the fields of its entry
 * `default` alone. Everything that is wrong is told at once.
 */
export async function readPolicyFile(path: string): Promise<PolicyRead> {
  if (path === builtIn) return { ok: true, name: builtIn, policy: defaultPolicySet, warnings: [] };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { ok: false, problems: [`The policy file ${path} cannot be read (${error instanceof Error ? error.message : String(error)}). A file, or ${builtIn}, was expected.`] };
  }
  return policyOf(text, path);
}

export function policyOf(text: string, path: string): PolicyRead {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map(({ pos, message }) => `${path}, line ${lines.linePos(pos[0]).line}: YAML was expected (${message.split('\n')[0]}).`) };
  }
  const data = dataOf(document.toJS() as unknown);
  if (data === undefined) return { ok: false, problems: [`${path}: a ConfigMap, its data, or fields of a policy were expected (${policyFields.map(({ key }) => key).join(', ')}).`] };
  const configMap: ConfigMap = { metadata: { namespace: 'file', name: basename(path) }, data };
  const { policy, problems } = policyFromConfigMaps([configMap], defaultPolicySet);
  const said = (severity: string): string[] => problems.filter((problem) => problem.severity === severity).map(({ message }) => message.replace(/^ConfigMap file\/[^:]*: /, `${path}: `));
  const errors = said('error');
  return errors.length > 0 ? { ok: false, problems: errors } : { ok: true, name: path, policy, warnings: said('warning') };
}

/** Entries of the ConfigMap as text, as an API server has them. */
function dataOf(value: unknown): Record<string, string> | undefined {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = value as Readonly<Record<string, unknown>>;
  if (entries['kind'] !== undefined) return entries['kind'] === 'ConfigMap' ? dataOf(entries['data']) : undefined;
  // fields without an entry around them
  if (Object.keys(entries).some((key) => policyFields.some((field) => field.key === key))) return { default: JSON.stringify(entries) };
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, typeof entry === 'string' ? entry : JSON.stringify(entry)]));
}
