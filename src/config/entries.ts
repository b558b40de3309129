import { parseDocument, type Document } from 'yaml';
import { policyFields, type PolicyField } from './policy-fields.ts';
import type { Layer, Notebook } from './written.ts';

export type Entry = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a document says, as plain data; an error for one that refers to what is not there, or refers so often that it would fill the memory. */
export function plainOf(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The mapping that an entry is; `undefined` when it is none, which has been complained of. */
export function readMapping(key: string, yaml: string, { complain }: Notebook): Entry | undefined {
  const document = parseDocument(yaml);
  for (const error of document.errors) complain(key, yaml, `YAML (${error.message.split('\n')[0]})`);
  if (document.errors.length > 0) return undefined;
  const value = plainOf(document);
  if (value instanceof Error) {
    complain(key, yaml, `YAML (${value.message.split('\n')[0]})`);
    return undefined;
  }
  if (value === null) return {};
  if (isMapping(value)) return value;
  complain(key, yaml, 'a YAML mapping of keys to values');
  return undefined;
}

/** Takes one value of a layer; whether it was good. */
export function readField(field: PolicyField, value: unknown, key: string, layer: Layer, notebook: Notebook): boolean {
  if (field.where === 'global' && layer !== 'global') {
    notebook.complain(key, value, 'said for everybody, since it is one for all', 'warning');
    return false;
  }
  const read = field.read(value, notebook.complain, key);
  if (read !== undefined) notebook.write(key, layer, field.target, read);
  else if (field.complains !== true) notebook.complain(key, value, field.allowed);
  return read !== undefined;
}

const groups = new Set(policyFields.flatMap(({ key }) => (key.includes('.') ? [key.split('.')[0] ?? ''] : [])));
const byKey = new Map(policyFields.map((field) => [field.key, field]));

/**
 * Takes the fields of a layer that are written as in a policy.
 * @param otherwise what becomes of a key that is none; false when it is nobody's.
 */
export function readFields(entry: Entry, at: string, layer: Layer, notebook: Notebook, otherwise: (name: string, value: unknown, key: string) => boolean = () => false): void {
  const take = (name: string, value: unknown, key: string): void => {
    if (otherwise(name, value, key)) return;
    const field = byKey.get(name);
    if (field !== undefined) readField(field, value, key, layer, notebook);
    else if (groups.has(name) && isMapping(value)) for (const [part, inner] of Object.entries(value)) take(`${name}.${part}`, inner, `${key}.${part}`);
    else if (groups.has(name)) notebook.complain(key, value, `a mapping of ${partsOf(name).join(', ')}`);
    else notebook.complain(key, value, `one of the known keys (${policyFields.map((known) => known.key).join(', ')})`, 'warning');
  };
  for (const [name, value] of Object.entries(entry)) take(name, value, at === '' ? name : `${at}.${name}`);
}

function partsOf(group: string): string[] {
  return policyFields.filter(({ key }) => key.startsWith(`${group}.`)).map(({ key }) => key.slice(group.length + 1));
}

/** The layer of a model, as a source that speaks for one namespace, or for all, may mean it; complains where it means another one. */
export function modelLayer(model: string, namespace: string | undefined, key: string, notebook: Notebook): Layer | undefined {
  const own = notebook.namespace;
  if (own !== undefined && namespace !== undefined && namespace !== own) {
    notebook.complain(key, namespace, `${own}: a ConfigMap of a namespace speaks for that namespace alone`);
    return undefined;
  }
  const where = own ?? namespace;
  return where === undefined ? `model ${model}` : `model ${model}#${where}`;
}

/** The layer of all that a source may speak about. */
export function wholeLayer({ namespace }: Notebook): Layer {
  return namespace === undefined ? 'global' : `namespace ${namespace}`;
}

/** `modelID` and namespace of `modelID#namespace`, split at the last `#`. */
export function splitModel(text: string): { readonly model: string; readonly namespace?: string } {
  const hash = text.lastIndexOf('#');
  return hash > 0 && hash < text.length - 1 ? { model: text.slice(0, hash), namespace: text.slice(hash + 1) } : { model: text };
}
