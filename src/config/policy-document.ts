import type { Quota, Quotas } from '../model/index.ts';
import { isMapping, modelLayer, readFields, readMapping, splitModel, wholeLayer, type Entry } from './entries.ts';
import type { Layer, Notebook } from './written.ts';

/** The parts of a policy document. */
export const documentParts = ['global', 'namespaces', 'models', 'quotas'] as const;

/** Most accelerators that a quota may allow, as in released versions. */
export const mostAccelerators = 1_048_576;

/**
 * Reads a policy document: `global`, `namespaces`, `models` and `quotas`.
 * @param at where it stands in its source, and empty where it is all of it.
 */
export function readPolicyDocument(yaml: string, at: string, notebook: Notebook): void {
  const document = readMapping(at === '' ? 'document' : at, yaml, notebook);
  if (document === undefined) return;
  const under = (key: string): string => (at === '' ? key : `${at}: ${key}`);
  for (const [part, value] of Object.entries(document)) {
    const key = under(part);
    if (!(documentParts as readonly string[]).includes(part)) {
      notebook.complain(key, value, `one of the parts of a policy (${documentParts.join(', ')})`, 'warning');
    } else if (value === null) {
      continue;
    } else if (!isMapping(value)) {
      notebook.complain(key, value, 'a mapping of keys to values');
    } else if (part !== 'global' && part !== 'models' && notebook.namespace !== undefined) {
      notebook.complain(key, value, 'in the policy of the whole installation: a ConfigMap of a namespace speaks for that namespace alone');
    } else if (part === 'global') {
      readFields(value, key, wholeLayer(notebook), notebook);
    } else if (part === 'quotas') {
      const quotas = readQuotas(value, key, notebook);
      if (quotas !== undefined) notebook.quotas(quotas);
    } else {
      readLayers(part, value, key, notebook);
    }
  }
}

function readLayers(part: string, layers: Entry, at: string, notebook: Notebook): void {
  for (const [name, said] of Object.entries(layers)) {
    const key = `${at}.${name}`;
    const { model, namespace } = splitModel(name);
    const layer: Layer | undefined = part === 'namespaces' ? `namespace ${name}` : modelLayer(model, namespace, key, notebook);
    if (said === null || layer === undefined) continue;
    if (!isMapping(said)) notebook.complain(key, said, 'a mapping of keys to values');
    else readFields(said, key, layer, notebook);
  }
}

function readQuotas(value: Entry, at: string, notebook: Notebook): Quotas | undefined {
  let isGood = true;
  const complain: Notebook['complain'] = (...problem) => {
    if (problem[3] !== 'warning') isGood = false;
    notebook.complain(...problem);
  };
  const { cluster = {}, namespaces = {}, defaultNamespace, ...others } = value;
  for (const [key, other] of Object.entries(others)) complain(`${at}.${key}`, other, 'one of cluster, namespaces, defaultNamespace', 'warning');
  const quotas: Quotas = {
    cluster: readQuota(cluster, `${at}.cluster`, complain),
    namespaces: isMapping(namespaces) ? Object.fromEntries(Object.entries(namespaces).map(([name, quota]) => [name, readQuota(quota, `${at}.namespaces.${name}`, complain)])) : {},
    ...(defaultNamespace !== undefined && { defaultNamespace: readQuota(defaultNamespace, `${at}.defaultNamespace`, complain) }),
  };
  if (!isMapping(namespaces)) complain(`${at}.namespaces`, namespaces, 'a mapping of namespaces to accelerators and their numbers');
  return isGood ? quotas : undefined;
}

/** Accelerators and how many of them; -1 is no limit, which is the same as not being named. */
export function readQuota(value: unknown, at: string, complain: Notebook['complain']): Quota {
  const quota: Record<string, number> = {};
  if (!isMapping(value)) complain(at, value, 'a mapping of accelerators to numbers, such as {H100: 16}');
  else
    for (const [accelerator, count] of Object.entries(value)) {
      if (count === -1) continue;
      if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= mostAccelerators) quota[accelerator] = count;
      else complain(`${at}.${accelerator}`, count, `a whole number from 0 to ${mostAccelerators}, or -1 for no limit`);
    }
  return quota;
}
