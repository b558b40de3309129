import { defaultPolicy, type Policy, type PolicyLayer } from './policy.ts';
import type { Variant } from './variant.ts';

/** Accelerators that may be in use, by their name, and `*` for each that is not named. Without `*` those are not limited. */
export type Quota = Readonly<Record<string, number>>;

/** Accelerators that all variants together, and those of one namespace, may use. */
export interface Quotas {
  readonly cluster: Quota;
  readonly namespaces: Readonly<Record<string, Quota>>;
  /** Of each namespace that is not named. */
  readonly defaultNamespace?: Quota;
}

/**
 * Everything that was configured about deciding, in layers. What the narrower layer says counts, field by field, and a written 0 is a 0:
 * global, then the namespace, then the model (in all namespaces, then in this one), then the resource itself.
 */
export interface PolicySet {
  readonly global: Policy;
  readonly namespaces: Readonly<Record<string, PolicyLayer>>;
  /** By `modelID#namespace`, or by `modelID` for all namespaces. */
  readonly models: Readonly<Record<string, PolicyLayer>>;
  readonly quotas: Quotas;
}

export const noQuotas: Quotas = { cluster: {}, namespaces: {} };

/** Whether anything is limited: then what is decided about one variant depends on all others. */
export function hasQuotas({ cluster, namespaces, defaultNamespace }: Quotas): boolean {
  return !isEmpty(cluster) || !isEmpty(namespaces) || defaultNamespace !== undefined;
}

/** The same for everybody. */
export function policySetOf(global: Policy): PolicySet {
  return { global, namespaces: {}, models: {}, quotas: noQuotas };
}

export const defaultPolicySet: PolicySet = policySetOf(defaultPolicy);

type Served = Pick<Variant, 'namespace' | 'modelID'>;

/** The name of a layer, and what it says. */
export interface NamedLayer {
  readonly name: string;
  readonly says: PolicyLayer;
}

/** The layers over the global one that are about that model there, widest first. */
export function layersFor({ namespaces, models }: PolicySet, { namespace, modelID }: Served): NamedLayer[] {
  const found: NamedLayer[] = [];
  const add = (name: string, says: PolicyLayer | undefined): void => {
    if (says !== undefined) found.push({ name, says });
  };
  if (Object.hasOwn(namespaces, namespace)) add(`namespace ${namespace}`, namespaces[namespace]);
  if (modelID === '') return found;
  const here = `${modelID}#${namespace}`;
  if (Object.hasOwn(models, modelID)) add(`model ${modelID}`, models[modelID]);
  if (Object.hasOwn(models, here)) add(`model ${here}`, models[here]);
  return found;
}

/** What is true when a layer has spoken over a policy. */
export function layered(policy: Policy, layer: PolicyLayer): Policy {
  const merged: Record<string, unknown> = { ...policy };
  for (const [field, said] of Object.entries(layer) as [string, unknown][]) {
    const before = merged[field];
    merged[field] = isGroup(before) && isGroup(said) ? { ...before, ...said } : said;
  }
  return merged as unknown as Policy;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Known {
  readonly models: Map<string, Policy>;
  readonly variants: WeakMap<Variant, Policy>;
}

/** Sets and variants are immutable, so what one says about the other is remembered: who goes through a history asks thousands of times. */
const known = new WeakMap<PolicySet, Known>();

function knownOf(set: PolicySet): Known {
  let found = known.get(set);
  if (found === undefined) known.set(set, (found = { models: new Map(), variants: new WeakMap() }));
  return found;
}

/** What holds for all variants of a model in a namespace, before their resources speak. */
export function policyForModel(set: PolicySet, served: Served): Policy {
  if (isEmpty(set.namespaces) && isEmpty(set.models)) return set.global;
  const { models } = knownOf(set);
  const key = `${served.namespace}/${served.modelID}`;
  let policy = models.get(key);
  if (policy === undefined) {
    policy = layersFor(set, served).reduce((below, { says }) => layered(below, says), set.global);
    models.set(key, policy);
  }
  return policy;
}

/** What holds for one variant, with the last word to its resource. */
export function policyFor(set: PolicySet, variant: Variant): Policy {
  const { policy: said } = variant;
  if (said === undefined) return policyForModel(set, variant);
  const { variants } = knownOf(set);
  let policy = variants.get(variant);
  if (policy === undefined) {
    policy = layered(policyForModel(set, variant), said);
    variants.set(variant, policy);
  }
  return policy;
}

/** Of the policies of variants that share their requests: the strictest targets and the highest priority. In all else the first speaks for all. */
export function policyOfGroup(policies: readonly [Policy, ...Policy[]]): Policy {
  const [first] = policies;
  return policies.every((other) => other === first || agrees(other, first)) ? first : policies.reduce(together);
}

function agrees(a: Policy, b: Policy): boolean {
  return a.priority === b.priority && a.slo.ttftSeconds === b.slo.ttftSeconds && a.slo.itlSeconds === b.slo.itlSeconds && a.slo.attainment === b.slo.attainment;
}

function together(a: Policy, b: Policy): Policy {
  const ttftSeconds = Math.min(a.slo.ttftSeconds ?? Infinity, b.slo.ttftSeconds ?? Infinity);
  const itlSeconds = Math.min(a.slo.itlSeconds ?? Infinity, b.slo.itlSeconds ?? Infinity);
  const attainment = Math.max(a.slo.attainment, b.slo.attainment);
  const slo = { attainment, ...(ttftSeconds < Infinity && { ttftSeconds }), ...(itlSeconds < Infinity && { itlSeconds }) };
  return { ...a, slo, priority: Math.max(a.priority, b.priority) };
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
