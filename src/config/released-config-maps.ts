import { isMapping, modelLayer, readField, readMapping, wholeLayer, type Entry } from './entries.ts';
import { fieldOf } from './policy-fields.ts';
import type { Layer, Notebook } from './written.ts';

type Data = Readonly<Record<string, string>>;

/** Spellings of the two generations of the scale-to-zero ConfigMap. */
const zeroKeys: ReadonlyMap<string, string> = new Map([['enable_scale_to_zero', 'scaleToZero'], ['enableScaleToZero', 'scaleToZero'], ['retention_period', 'retentionMs'], ['retentionPeriod', 'retentionMs']]);
const zeroDefaults: readonly string[] = ['default', '__defaults__'];
const dayMs = 86_400_000;

/** Reads the scale-to-zero ConfigMap of released versions: an entry of defaults, and one for each model, in one namespace or in all. */
export function readScaleToZero(data: Data, notebook: Notebook): void {
  eachModel(data, zeroDefaults, ['model_id', 'modelID'], notebook, (entry, at, layer) => {
    for (const [name, value] of Object.entries(entry)) {
      const target = zeroKeys.get(name);
      if (target === undefined) notebook.complain(`${at}.${name}`, value, `one of the known keys (${[...zeroKeys.keys()].join(', ')})`, 'warning');
      else if (readField(fieldOf(target), value, `${at}.${name}`, layer, notebook) && target === 'retentionMs' && Number(fieldOf(target).read(value, notebook.complain, at)) > dayMs) {
        notebook.complain(`${at}.${name}`, value, 'at most 24h: replicas that nobody asks for are paid for until then', 'warning');
      }
    }
  });
}

/** Reads the targets of the queueing model's ConfigMap. */
export function readQueueingModel(data: Data, notebook: Notebook): void {
  const targets: ReadonlyMap<string, string> = new Map([['targetTTFT', 'slo.ttftSeconds'], ['targetITL', 'slo.itlSeconds']]);
  eachModel(data, ['default'], ['model_id'], notebook, (entry, at, layer) => {
    for (const [name, value] of Object.entries(entry)) {
      const target = targets.get(name);
      if (target !== undefined) readMilliseconds(value, target, `${at}.${name}`, layer, notebook);
      else if (name === 'sloMultiplier' || name === 'tuningEnabled') notebook.complain(`${at}.${name}`, value, 'left out: it has no effect in this version', 'warning');
      else notebook.complain(`${at}.${name}`, value, 'one of the known keys (targetTTFT, targetITL, sloMultiplier, tuningEnabled)', 'warning');
    }
    const [one, other] = [...targets.keys()].map((name) => entry[name] !== undefined);
    if (one !== other) notebook.complain(at, entry, 'an entry with both of targetTTFT and targetITL, or with neither');
  });
}

/** Reads the latency targets of service classes: one class an entry, with the models in it. Its model `default/default` is every other one. */
export function readServiceClasses(data: Data, notebook: Notebook): void {
  const seen = new Map<string, string>();
  for (const key of Object.keys(data).toSorted()) {
    const entry = readMapping(key, data[key] ?? '', notebook);
    if (entry === undefined) continue;
    const models = entry['data'];
    if (entry['priority'] !== undefined) notebook.complain(`${key}.priority`, entry['priority'], 'left out: the priority of a model stands in the policy', 'warning');
    if (!Array.isArray(models)) {
      notebook.complain(`${key}.data`, models ?? '', 'a list of models with slo-ttft and slo-tpot');
      continue;
    }
    for (const [index, item] of (models as unknown[]).entries()) {
      const at = `${key}.data[${index}]`;
      const model = isMapping(item) ? item['model'] : undefined;
      if (!isMapping(item) || typeof model !== 'string' || model === '') {
        notebook.complain(at, item, 'an entry with a model');
        continue;
      }
      const twin = seen.get(model);
      if (twin !== undefined) {
        notebook.complain(at, model, `in one class alone: ${twin} is about the same model, and counts`, 'warning');
        continue;
      }
      seen.set(model, at);
      const layer = model === 'default/default' ? wholeLayer(notebook) : modelLayer(model, undefined, at, notebook);
      if (layer === undefined) continue;
      for (const [name, value] of Object.entries(item)) {
        if (name === 'slo-ttft' || name === 'slo-tpot') readMilliseconds(value, name === 'slo-ttft' ? 'slo.ttftSeconds' : 'slo.itlSeconds', `${at}.${name}`, layer, notebook);
        else if (name !== 'model') notebook.complain(`${at}.${name}`, value, 'one of the known keys (model, slo-ttft, slo-tpot)', 'warning');
      }
    }
  }
}

/** A latency that was written as a number of milliseconds; 0 is no target. */
function readMilliseconds(value: unknown, target: string, key: string, layer: Layer, notebook: Notebook): void {
  if (value === 0) return;
  if (typeof value === 'number' && value >= 1 && value <= 3_600_000) notebook.write(key, layer, target, value / 1000);
  else notebook.complain(key, value, 'a number of milliseconds from 1 to 3600000, or 0 for no target');
}

/** Each entry with the layer that it is about, without the keys that say so. Of two about one model the first by name counts. */
function eachModel(data: Data, defaults: readonly string[], modelKeys: readonly string[], notebook: Notebook, read: (entry: Entry, at: string, layer: Layer) => void): void {
  const seen = new Map<string, string>();
  for (const key of Object.keys(data).toSorted()) {
    const entry = readMapping(key, data[key] ?? '', notebook);
    if (entry === undefined) continue;
    if (defaults.includes(key)) {
      read(entry, key, wholeLayer(notebook));
      continue;
    }
    const model = modelKeys.map((name) => entry[name]).find((value) => value !== undefined);
    const { namespace } = entry;
    if (typeof model !== 'string' || model === '') {
      notebook.complain(`${key}.${modelKeys[0]}`, model ?? '', 'set: it says which model the entry is for');
      continue;
    }
    const layer = modelLayer(model, typeof namespace === 'string' && namespace !== '' ? namespace : undefined, `${key}.namespace`, notebook);
    if (layer === undefined) continue;
    const twin = seen.get(layer);
    if (twin !== undefined) {
      notebook.complain(key, model, `about another model: the entry ${twin} is about the same one, and counts`, 'warning');
      continue;
    }
    seen.set(layer, key);
    const identity = new Set([...modelKeys, 'namespace']);
    read(Object.fromEntries(Object.entries(entry).filter(([name]) => !identity.has(name))), key, layer);
  }
}
