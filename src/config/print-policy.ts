import { defaultPolicy, layersFor, type Policy, type PolicyLayer, type PolicySet } from '../model/index.ts';
import { policyFields, valueAt } from './policy-fields.ts';
import type { PolicyReading } from './policy.ts';
import type { Written } from './written.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** A policy as one would write it in a document; what reads it comes to the same policy again. */
export function writtenPolicy({ global, namespaces, models, quotas }: PolicySet): Mapping {
  const layers = (of: Readonly<Record<string, PolicyLayer>>): Mapping => Object.fromEntries(Object.entries(of).map(([name, layer]) => [name, writtenLayer(layer)]));
  return {
    global: writtenLayer(global),
    ...(Object.keys(namespaces).length > 0 && { namespaces: layers(namespaces) }),
    ...(Object.keys(models).length > 0 && { models: layers(models) }),
    ...((Object.keys(quotas.cluster).length > 0 || Object.keys(quotas.namespaces).length > 0 || quotas.defaultNamespace !== undefined) && { quotas }),
  };
}

function writtenLayer(layer: PolicyLayer): Mapping {
  const written: Record<string, unknown> = {};
  for (const { key, target, write } of policyFields) {
    const value = valueAt(layer, target);
    if (value === undefined) continue;
    const [name = '', part] = key.split('.');
    written[name] = part === undefined ? write(value) : { ...(written[name] as Mapping | undefined), [part]: write(value) };
  }
  return written;
}

/** One field of the policy of a model, and who said it. */
export interface Explained {
  readonly key: string;
  /** As one would write it; absent where nothing is said and nothing is built in. */
  readonly value?: unknown;
  readonly layer: string;
  /** Absent: it is built in. */
  readonly source?: string;
  /** Where in the source it stands. */
  readonly at?: string;
}

/** The policy of a model in a namespace, field by field, each with the layer and the place that it comes from. Its resources may say otherwise still. */
export function explainPolicy({ policy, statements }: Pick<PolicyReading, 'policy' | 'statements'>, of: { readonly namespace: string; readonly modelID: string }, resolved: Policy): Explained[] {
  const layers = ['global', ...layersFor(policy, of).map(({ name }) => name)];
  const written = [...statements.values()].flatMap((statement) => statement.written);
  return policyFields.map(({ key, target, write }): Explained => {
    const value = valueAt(resolved, target);
    const said = layers.toReversed().map((layer) => written.findLast((one) => one.layer === layer && one.target === target)).find((one): one is Written => one !== undefined);
    const shown = value === undefined ? {} : { value: write(value) };
    if (said === undefined) return { key, ...shown, layer: valueAt(defaultPolicy, target) === undefined ? 'nobody' : 'built in' };
    return { key, ...shown, layer: said.layer, source: said.source, at: said.key };
  });
}
