import { LineCounter, parseAllDocuments } from 'yaml';
import type { ConfigMap } from '../wire/index.ts';
import { sourceOf, type ConfigMapPlaces } from './config-maps.ts';
import { isMapping, plainOf } from './entries.ts';
import { documentParts } from './policy-document.ts';
import { policyFields } from './policy-fields.ts';
import type { PolicySource } from './policy.ts';

export interface TextRead {
  readonly sources: readonly PolicySource[];
  /** Sentences. */
  readonly problems: readonly string[];
}

/**
 * What a file says about deciding. It may hold a policy document; the fields of its `global` alone; the entries of the saturation scaling
 * ConfigMap; or manifests of any of the ConfigMaps, several of them one after the other, with other objects between them.
 */
export function sourcesInText(text: string, file: string, places: ConfigMapPlaces): TextRead {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  const problems: string[] = [];
  const sources: PolicySource[] = [];
  for (const document of 'empty' in documents ? [] : documents) {
    for (const { pos, message } of document.errors) problems.push(`${file}, line ${lines.linePos(pos[0]).line}: YAML was expected (${message.split('\n')[0]}).`);
    if (document.errors.length > 0) continue;
    const value = plainOf(document);
    const source = value instanceof Error ? undefined : sourceIn(value, file, places);
    if (value instanceof Error) problems.push(`${file}: YAML was expected (${value.message.split('\n')[0]}).`);
    else if (source === 'nonsense') problems.push(`${file}: a policy (${documentParts.join(', ')}), fields of one (${policyFields.map(({ key }) => key).join(', ')}), entries of a ConfigMap, or ConfigMaps were expected.`);
    else if (source !== undefined) sources.push({ ...source, name: unique(source.name, sources) });
  }
  return { sources, problems };
}

function sourceIn(value: unknown, file: string, places: ConfigMapPlaces): PolicySource | 'nonsense' | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isMapping(value)) return 'nonsense';
  if (typeof value['kind'] === 'string') {
    if (value['kind'] !== 'ConfigMap') return value['apiVersion'] === undefined ? 'nonsense' : undefined;
    const configMap = value as ConfigMap;
    const known = sourceOf(configMap, places) ?? { name: `ConfigMap ${configMap.metadata?.name ?? ''}`, kind: 'saturation' as const, data: configMap.data ?? {} };
    return { ...known, name: `${file}, ${known.name}` };
  }
  const keys = Object.keys(value);
  if (keys.some((key) => (documentParts as readonly string[]).includes(key))) return { name: file, kind: 'document', data: { '': JSON.stringify(value) } };
  // fields without anything around them
  if (keys.some((key) => policyFields.some((field) => field.key === key || field.key.startsWith(`${key}.`)))) return { name: file, kind: 'document', data: { '': JSON.stringify({ global: value }) } };
  return { name: file, kind: 'saturation', data: Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, typeof entry === 'string' ? entry : JSON.stringify(entry)])) };
}

function unique(name: string, sources: readonly PolicySource[]): string {
  const same = sources.filter((source) => source.name === name || source.name.startsWith(`${name} (`)).length;
  return same === 0 ? name : `${name} (${same + 1})`;
}
