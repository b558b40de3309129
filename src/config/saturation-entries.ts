import type { Quota, Quotas } from '../model/index.ts';
import { isMapping, modelLayer, readFields, readMapping, splitModel, wholeLayer, type Entry } from './entries.ts';
import { readPolicyDocument, readQuota } from './policy-document.ts';
import { fieldOf, policyFields } from './policy-fields.ts';
import type { Layer, Notebook } from './written.ts';

/** Entry of the saturation scaling ConfigMap that holds a whole policy document. */
export const documentKey = 'policy.yaml';

/** Keys of released versions that say which model an entry is for. */
const identityKeys = ['model_id', 'namespace'] as const;
/** Keys of released versions that are understood, besides the fields of a policy. */
export const translatedKeys: readonly string[] = ['analyzerName', 'analyzers', 'enableLimiter', 'limiters', 'enableRescale'];

/** Our analyzer by the names that released versions had for it. */
const analyzerNames: Readonly<Record<string, string>> = { saturation: 'tokens', throughput: 'throughput', 'queueing-model': 'queueing', slo: 'queueing' };

/**
 * Reads the saturation scaling ConfigMap. Its entry `default` is for all models, `policy.yaml` is a whole policy, and every other
 * entry is for the model that it names. The document is read last, so it has the last word in its source.
 */
export function readSaturation(data: Readonly<Record<string, string>>, notebook: Notebook): void {
  const seen = new Map<string, string>();
  for (const key of Object.keys(data).toSorted()) {
    if (key === documentKey) continue;
    const entry = readMapping(key, data[key] ?? '', notebook);
    if (entry === undefined) continue;
    const layer = key === 'default' ? wholeLayer(notebook) : layerOf(key, entry, notebook);
    const twin = layer === undefined ? undefined : seen.get(layer);
    if (twin !== undefined) {
      notebook.complain(key, layer?.replace(/^model /, ''), `about another model: the entry ${twin} is about the same one, and counts`, 'warning');
      continue;
    }
    if (layer !== undefined) seen.set(layer, key);
    // what an entry says that nobody can be found for is checked all the same, so that all problems are told at once
    readEntry(key, entry, layer ?? 'model ', notebook);
  }
  if (data[documentKey] !== undefined) readPolicyDocument(data[documentKey], documentKey, notebook);
}

function readEntry(key: string, entry: Entry, layer: Layer, notebook: Notebook): void {
  readFields(entry, key, layer, notebook, (name, value, at) => {
    if ((identityKeys as readonly string[]).includes(name)) return true;
    if (name === 'analyzers') readAnalyzers(value, at, layer, notebook);
    else if (name === 'analyzerName') readAnalyzerName(value, entry, at, layer, notebook);
    else if (name === 'enableLimiter') readLimiters(value, entry['limiters'], key, layer, notebook);
    else if (name === 'enableRescale') readRescale(value, key, at, layer, notebook);
    else if (name === 'limiters') {
      if (entry['enableLimiter'] === undefined) notebook.complain(at, value, 'beside enableLimiter: true, without which quotas have no effect', 'warning');
    } else if (name === 'scaleToZero' && typeof value === 'boolean') notebook.write(at, layer, 'scaleToZero', value);
    else return false;
    return true;
  });
}

function readAnalyzerName(value: unknown, entry: Entry, key: string, layer: Layer, notebook: Notebook): void {
  if (Array.isArray(entry['analyzers']) && entry['analyzers'].length > 0) return;
  if (value === '') notebook.write(key, layer, 'analyzer', 'percent');
  else if (typeof value === 'string' && Object.hasOwn(analyzerNames, value)) notebook.write(key, layer, 'analyzer', analyzerNames[value]);
  else notebook.complain(key, value, `empty, or one of ${Object.keys(analyzerNames).join(', ')}`);
}

/** Said for all who share what is scarce; one model alone has nobody to share with. */
function readRescale(value: unknown, entryKey: string, at: string, layer: Layer, notebook: Notebook): void {
  if (typeof value !== 'boolean') notebook.complain(at, value, 'true or false');
  else if (entryKey !== 'default') notebook.complain(at, value, 'in the entry default; for one model reclaim says it', 'warning');
  else notebook.write(at, layer, 'reclaim', value);
}

/** Several may be listed; one decides here: the first that is enabled and known. */
function readAnalyzers(value: unknown, at: string, layer: Layer, notebook: Notebook): void {
  if (!Array.isArray(value)) return notebook.complain(at, value, 'a list of analyzers');
  let decides: string | undefined;
  for (const [index, item] of (value as unknown[]).entries()) {
    const key = `${at}[${index}]`;
    if (!isMapping(item)) {
      notebook.complain(key, item, 'an analyzer with a name');
      continue;
    }
    const name = item['type'] ?? item['name'];
    if (item['enabled'] === false) continue;
    if (typeof name !== 'string' || !Object.hasOwn(analyzerNames, name)) {
      notebook.complain(key, name ?? '', `one of ${Object.keys(analyzerNames).join(', ')}; it is left out`, 'warning');
    } else if (decides !== undefined) {
      notebook.complain(key, name, `alone: one analyzer decides, and ${decides} stands before it`, 'warning');
    } else {
      decides = name;
      notebook.write(key, layer, 'analyzer', analyzerNames[name]);
      readThresholds(item, key, layer, notebook);
    }
  }
}

/** Thresholds of an analyzer: its own keys, else its parameters. They win over those of the entry. */
function readThresholds(item: Entry, at: string, layer: Layer, notebook: Notebook): void {
  const parameters = isMapping(item['parameters']) ? item['parameters'] : {};
  const readable = policyFields.filter(({ target }) => target.startsWith('utilization.') || target.startsWith('saturation.'));
  for (const { key, target } of readable) {
    const own = item[key];
    const value = own ?? parameters[key];
    if (value === undefined) continue;
    const place = own === undefined ? `${at}.parameters.${key}` : `${at}.${key}`;
    const field = fieldOf(target);
    const read = field.read(value, notebook.complain, place);
    if (read === undefined) notebook.complain(place, value, field.allowed);
    else notebook.write(place, layer, target, read);
  }
}

/** Limits of accelerators count for the whole installation, and only where they are switched on; what nodes have free where no quota is said. */
function readLimiters(enabled: unknown, limiters: unknown, entryKey: string, layer: Layer, notebook: Notebook): void {
  const key = `${entryKey}.enableLimiter`;
  if (typeof enabled !== 'boolean') return notebook.complain(key, enabled, 'true or false');
  if (!enabled) return;
  if (layer !== 'global') return notebook.complain(key, enabled, 'in the entry default of the whole installation', 'warning');
  const at = `${entryKey}.limiters`;
  const takesInventory = (): void => notebook.write(key, layer, 'limitToInventory', true);
  if (limiters === undefined) return takesInventory();
  if (!Array.isArray(limiters)) return notebook.complain(at, limiters, 'a list of limiters');
  let cluster: Quota = {};
  let namespaces: Record<string, Quota> = {};
  let defaultNamespace: Quota | undefined;
  const names = new Set<unknown>();
  // as there: quotas win over the inventory, which counts alone
  if (!limiters.some((limiter) => isMapping(limiter) && limiter['type'] === 'quota')) takesInventory();
  for (const [index, limiter] of (limiters as unknown[]).entries()) {
    const place = `${at}[${index}]`;
    if (!isMapping(limiter)) {
      notebook.complain(place, limiter, 'a limiter with a type');
      continue;
    }
    const { type, name, scope, quotas, namespaceQuotas, exclude } = limiter;
    if (type === 'gpu-inventory' || type === 'inventory') continue;
    if (type !== 'quota') {
      notebook.complain(`${place}.type`, type ?? '', 'one of quota, gpu-inventory, inventory');
      continue;
    }
    if (typeof name !== 'string' || name === '' || names.has(name)) notebook.complain(`${place}.name`, name ?? '', 'a name that no other limiter has');
    names.add(name);
    if (scope === 'cluster') {
      if (namespaceQuotas !== undefined || exclude !== undefined) notebook.complain(place, limiter, 'without namespaceQuotas and exclude, which are for the scope namespace');
      cluster = closed(readQuota(quotas ?? {}, `${place}.quotas`, notebook.complain), quotas);
    } else if (scope === 'namespace') {
      if (quotas !== undefined) notebook.complain(place, limiter, 'without quotas, which are for the scope cluster');
      const read = isMapping(namespaceQuotas) ? namespaceQuotas : {};
      if (!isMapping(namespaceQuotas)) notebook.complain(`${place}.namespaceQuotas`, namespaceQuotas ?? '', 'a mapping of namespaces to accelerators and their numbers');
      for (const [namespace, quota] of Object.entries(read)) {
        const limited = closed(readQuota(quota, `${place}.namespaceQuotas.${namespace}`, notebook.complain), quota);
        if (namespace === 'default') defaultNamespace = limited;
        else namespaces = { ...namespaces, [namespace]: limited };
      }
      // whoever is not named gets nothing, where nobody gets a share by default
      defaultNamespace ??= { '*': 0 };
      for (const excluded of Array.isArray(exclude) ? (exclude as unknown[]) : []) {
        if (typeof excluded !== 'string') notebook.complain(`${place}.exclude`, excluded, 'a list of namespaces');
        else {
          if (namespaces[excluded] !== undefined) notebook.complain(`${place}.namespaceQuotas.${excluded}`, namespaces[excluded], 'left out: the namespace is excluded, which counts', 'warning');
          namespaces = { ...namespaces, [excluded]: {} };
        }
      }
    } else notebook.complain(`${place}.scope`, scope ?? '', 'one of cluster, namespace');
  }
  const read: Quotas = { cluster, namespaces, ...(defaultNamespace && { defaultNamespace }) };
  notebook.quotas(read);
}

/** Released versions give nothing of an accelerator that their quota does not name; one with -1 is named. */
function closed(quota: Quota, written: unknown): Quota {
  const unlimited = isMapping(written) ? Object.entries(written).filter(([, count]) => count === -1) : [];
  return { ...quota, ...Object.fromEntries(unlimited.map(([accelerator]) => [accelerator, Number.MAX_SAFE_INTEGER])), '*': 0 };
}

/**
 * The model of an entry: from its own two keys, else from its name `{modelID}#{namespace}`. An API server takes no `#` and no
 * `/` in the name of an entry, so the first is the usual one.
 */
function layerOf(key: string, entry: Entry, notebook: Notebook): Layer | undefined {
  const named = splitModel(key);
  if (named.namespace !== undefined) return modelLayer(named.model, named.namespace, key, notebook);
  const { model_id: model, namespace } = entry;
  const place = namespace ?? notebook.namespace;
  if (typeof model === 'string' && model !== '' && typeof place === 'string' && place !== '') return modelLayer(model, place, `${key}.namespace`, notebook);
  if (typeof model !== 'string' || model === '') notebook.complain(`${key}.model_id`, model ?? '', 'set: it says which model the entry is for');
  if (typeof place !== 'string' || place === '') notebook.complain(`${key}.namespace`, namespace ?? '', 'set: it says which namespace the entry is for');
  return undefined;
}
