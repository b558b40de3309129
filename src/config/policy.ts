import { parseDocument } from 'yaml';
import { defaultPolicySet, layered, type Policy, type PolicyLayer, type PolicySet, type SaturationPolicy } from '../model/index.ts';
import type { ConfigMap } from '../wire/index.ts';
import { identityKeys, ineffectiveKeys, policyFields } from './policy-fields.ts';

export interface PolicyProblem {
  /** An error keeps the whole ConfigMap from being taken; a warning is only said. */
  readonly severity: 'error' | 'warning';
  /** `namespace/name` */
  readonly configMap: string;
  /** The entry, and the key in it: `default.kvCacheThreshold`. */
  readonly key: string;
  /** As it was written. */
  readonly value: string;
  /** What may stand there. */
  readonly allowed: string;
  /** All of it in a sentence. */
  readonly message: string;
}

export interface PolicyResult {
  /** The policy that is in force now: the new one, or the previous one if there was any error. */
  readonly policy: PolicySet;
  readonly problems: readonly PolicyProblem[];
}

type Say = (key: string, value: unknown, allowed: string, severity?: PolicyProblem['severity']) => void;
type Entry = Readonly<Record<string, unknown>>;

/**
 * Makes a policy of the saturation scaling ConfigMap. Its entry `default` is for all models, every other one for the model that it
 * names; what an entry does not say is inherited, and a written 0 is a 0. Several ConfigMaps are read in their order, the
 * first to name a model counts. No ConfigMap: the built-in policy.
 */
export function policyFromConfigMaps(configMaps: readonly ConfigMap[], previous: PolicySet): PolicyResult {
  const problems: PolicyProblem[] = [];
  let policy: PolicySet = defaultPolicySet;
  for (const configMap of configMaps) policy = read(configMap, policy, problems);
  return { policy: problems.some(({ severity }) => severity === 'error') ? previous : policy, problems };
}

function read(configMap: ConfigMap, before: PolicySet, problems: PolicyProblem[]): PolicySet {
  const name = `${configMap.metadata?.namespace ?? ''}/${configMap.metadata?.name ?? ''}`;
  const say: Say = (key, value, allowed, severity = 'error') => {
    const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    const message = `ConfigMap ${name}: ${key} is ${JSON.stringify(shortened(written))}, and ${severity === 'error' ? 'must be' : 'should be'} ${allowed}.`;
    problems.push({ severity, configMap: name, key, value: written, allowed, message });
  };
  const data = configMap.data ?? {};
  // all entries are read before any is merged: what an entry leaves out must not look like a written default
  const entries = Object.keys(data)
    .toSorted()
    .flatMap((key) => {
      const entry = mapping(key, data[key] ?? '', say);
      return entry === undefined ? [] : [{ key, entry, values: valuesOf(key, entry, say) }];
    });
  const general = entries.find(({ key }) => key === 'default')?.values ?? {};
  const global = withDefaultEntry(before.global, general);
  checkTriggers('default', global.saturation, general, say);

  const models: Record<string, PolicyLayer> = { ...before.models };
  const seen = new Map<string, string>();
  for (const { key, entry, values } of entries) {
    if (key === 'default') continue;
    const model = identityOf(key, entry, say);
    if (model === undefined) continue;
    const twin = seen.get(model);
    if (twin !== undefined) {
      say(key, model, `about another model: the entry ${twin} is about the same one, and counts`, 'warning');
      continue;
    }
    seen.set(model, key);
    const override = values as Partial<SaturationPolicy>;
    checkTriggers(key, layered(global, { saturation: override }).saturation, override, say);
    if (Object.keys(override).length > 0 && models[model] === undefined) models[model] = { saturation: override };
  }
  return { ...before, global, models };
}

function mapping(key: string, yaml: string, say: Say): Entry | undefined {
  const document = parseDocument(yaml);
  for (const error of document.errors) say(key, yaml, `YAML (${error.message.split('\n')[0]})`);
  if (document.errors.length > 0) return undefined;
  const value = document.toJS() as unknown;
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Entry;
  say(key, yaml, 'a YAML mapping of keys to values');
  return undefined;
}

function valuesOf(key: string, entry: Entry, say: Say): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, written] of Object.entries(entry)) {
    const field = policyFields.find((candidate) => candidate.key === name);
    const at = `${key}.${name}`;
    if (field === undefined) {
      if ((identityKeys as readonly string[]).includes(name)) continue;
      say(at, written, ineffectiveKeys.includes(name) ? 'left out: it has no effect in this version' : `one of the known keys (${policyFields.map((known) => known.key).join(', ')})`, 'warning');
    } else if (field.where === 'default' && key !== 'default') {
      say(at, written, 'in the entry default, since it is for all models', 'warning');
    } else {
      const value = field.read(written);
      if (value === undefined) say(at, written, field.allowed);
      else values[field.target] = value;
    }
  }
  return values;
}

function withDefaultEntry(before: Policy, values: Readonly<Record<string, number>>): Policy {
  const saturation = Object.fromEntries(Object.entries(values).filter(([name]) => name in before.saturation));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !(name in before.saturation)));
  return { ...before, ...rest, saturation: { ...before.saturation, ...saturation } };
}

function checkTriggers(key: string, merged: SaturationPolicy, written: Readonly<Record<string, number>>, say: Say): void {
  if (merged.kvCacheThreshold >= merged.kvSpareTrigger) return;
  const name = 'kvSpareTrigger' in written ? 'kvSpareTrigger' : 'kvCacheThreshold';
  const allowed = name === 'kvSpareTrigger' ? `at most kvCacheThreshold (${merged.kvCacheThreshold})` : `at least kvSpareTrigger (${merged.kvSpareTrigger})`;
  say(`${key}.${name}`, merged[name], allowed);
}

/**
 * `{modelID}#{namespace}` of an entry: from its own two keys, else from the name of the entry. An API server takes no `#` and no
 * `/` in the name of an entry, so the first is the usual one.
 */
function identityOf(key: string, entry: Entry, say: Say): string | undefined {
  const { model_id: model, namespace } = entry;
  const hash = key.lastIndexOf('#');
  if (hash > 0 && hash < key.length - 1) return key;
  if (typeof model === 'string' && model !== '' && typeof namespace === 'string' && namespace !== '') return `${model}#${namespace}`;
  for (const name of identityKeys) if (typeof entry[name] !== 'string' || entry[name] === '') say(`${key}.${name}`, entry[name] ?? '', `set: it says which ${name === 'model_id' ? 'model' : 'namespace'} the entry is for`);
  return undefined;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
