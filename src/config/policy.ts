import { defaultPolicy, layered, noQuotas, policyForModel, type Policy, type PolicyLayer, type PolicySet, type Quotas } from '../model/index.ts';
import { splitModel } from './entries.ts';
import { readPolicyDocument } from './policy-document.ts';
import { valueAt } from './policy-fields.ts';
import { readQueueingModel, readScaleToZero, readServiceClasses } from './released-config-maps.ts';
import { readSaturation } from './saturation-entries.ts';
import { problemOf, type Layer, type Notebook, type PolicyProblem, type Statement, type Written } from './written.ts';

/** What a source is, in the order in which sources speak: a later one has the last word within a layer. */
export const sourceKinds = ['setting', 'serviceClasses', 'queueingModel', 'scaleToZero', 'saturation', 'document'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** One place in which something is written about deciding, as it was read. */
export interface PolicySource {
  /** For people: `ConfigMap namespace/name`, or a file. */
  readonly name: string;
  readonly kind: SourceKind;
  /** It speaks for this namespace alone. */
  readonly namespace?: string;
  /** It speaks after all others of its reach, whatever its kind. */
  readonly last?: true;
  /** Entries of a ConfigMap; a document is the one that is named with the empty text. */
  readonly data: Readonly<Record<string, string>>;
}

/** What became of one source. */
export interface SourceState {
  readonly name: string;
  readonly kind: SourceKind;
  readonly namespace?: string;
  /** False: it was refused, and what it said before counts, if it ever said anything good. */
  readonly valid: boolean;
  /** Fingerprint of what was read. */
  readonly hash: string;
}

export interface PolicyReading {
  /** In force. */
  readonly policy: PolicySet;
  readonly problems: readonly PolicyProblem[];
  readonly sources: readonly SourceState[];
  /** What is in force, by who said it: to be handed to the next reading. */
  readonly statements: ReadonlyMap<string, Statement>;
}

const readers: Readonly<Record<SourceKind, (data: Readonly<Record<string, string>>, notebook: Notebook) => void>> = {
  setting: (data, notebook) => readPolicyDocument(data[''] ?? '', '', notebook),
  serviceClasses: readServiceClasses,
  queueingModel: readQueueingModel,
  scaleToZero: readScaleToZero,
  saturation: readSaturation,
  document: (data, notebook) => readPolicyDocument(data[''] ?? '', '', notebook),
};

/**
 * Makes the policy of all that is written. A source with an error is refused as a whole, with all of its problems told together, and what it
 * said in the last good reading stays; the others count all the same. Nothing written: the built-in policy.
 */
export function readPolicy(sources: readonly PolicySource[], before: ReadonlyMap<string, Statement> = new Map()): PolicyReading {
  const ordered = inOrderOfSpeaking(sources);
  const problems: PolicyProblem[] = [];
  const refused = new Set<string>();
  const read = new Map<string, Statement>();
  for (const source of ordered) {
    const found: PolicyProblem[] = [];
    const statement = readSource(source, found);
    problems.push(...found);
    if (found.some(({ severity }) => severity === 'error')) refused.add(source.name);
    read.set(source.name, statement);
  }
  // a value may be good alone and not beside another: whoever spoke last is refused, and then it is looked at again
  for (;;) {
    const statements = new Map<string, Statement>();
    for (const { name } of ordered) {
      const statement = refused.has(name) ? before.get(name) : read.get(name);
      if (statement !== undefined) statements.set(name, statement);
    }
    const policy = policyOf([...statements.values()]);
    const crossed = crossedIn(policy, [...statements.values()].flatMap(({ written }) => written)).filter(({ source }) => !refused.has(source));
    if (crossed.length === 0) return { policy, problems, sources: ordered.map((source) => stateOf(source, !refused.has(source.name))), statements };
    problems.push(...crossed);
    for (const { source } of crossed) refused.add(source);
  }
}

function inOrderOfSpeaking(sources: readonly PolicySource[]): PolicySource[] {
  const rank = ({ kind, namespace, name, last }: PolicySource): string => `${last === true ? 2 : namespace === undefined ? 0 : 1}${sourceKinds.indexOf(kind)}${name}`;
  return sources.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function readSource({ name, kind, namespace, data }: PolicySource, problems: PolicyProblem[]): Statement {
  const written: Written[] = [];
  let quotas: Quotas | undefined;
  readers[kind](data, {
    source: name,
    ...(namespace !== undefined && { namespace }),
    write: (key, layer, target, value) => void written.push({ source: name, key, layer, target, value }),
    quotas: (said) => (quotas = said),
    complain: (...problem) => void problems.push(problemOf(name, ...problem)),
  });
  return { written, ...(quotas && { quotas }) };
}

function stateOf({ name, kind, namespace, data }: PolicySource, valid: boolean): SourceState {
  return { name, kind, ...(namespace !== undefined && { namespace }), valid, hash: fingerprint(data) };
}

/** FNV-1a over 32 bits: enough to see whether two instances have read the same. */
function fingerprint(data: Readonly<Record<string, string>>): string {
  let hash = 0x811c9dc5;
  const text = JSON.stringify(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function policyOf(statements: readonly Statement[]): PolicySet {
  const layers = new Map<Layer, PolicyLayer>();
  for (const { layer, target, value } of statements.flatMap(({ written }) => written)) layers.set(layer, withValue(layers.get(layer) ?? {}, target, value));
  const named = (kind: string): Record<string, PolicyLayer> =>
    Object.fromEntries([...layers].flatMap(([layer, said]) => (layer.startsWith(`${kind} `) ? [[layer.slice(kind.length + 1), said] as const] : [])).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const quotas = statements.findLast((statement) => statement.quotas !== undefined)?.quotas ?? noQuotas;
  return { global: layered(defaultPolicy, layers.get('global') ?? {}), namespaces: named('namespace'), models: named('model'), quotas };
}

function withValue(layer: PolicyLayer, target: string, value: unknown): PolicyLayer {
  const [field = '', part] = target.split('.');
  if (part === undefined) return { ...layer, [field]: value };
  return { ...layer, [field]: { ...(layer as Readonly<Record<string, object>>)[field], [part]: value } };
}

/** Pairs of which the first must be at least, or more than, the second. */
const pairs = [
  { larger: 'saturation.kvCacheThreshold', smaller: 'saturation.kvSpareTrigger', mayBeEqual: true },
  { larger: 'utilization.scaleUpThreshold', smaller: 'utilization.scaleDownBoundary', mayBeEqual: false },
] as const;

/** Values that are good alone and not together, in whatever layer they meet. The one that was said last in the narrowest layer is blamed. */
function crossedIn(policy: PolicySet, written: readonly Written[]): PolicyProblem[] {
  const found = new Map<Written, PolicyProblem>();
  for (const { layers, resolved } of meetings(policy, written)) {
    for (const { larger, smaller, mayBeEqual } of pairs) {
      const large = Number(valueAt(resolved, larger));
      const small = Number(valueAt(resolved, smaller));
      if (mayBeEqual ? large >= small : large > small) continue;
      const blamed = layers.toReversed().flatMap((layer) => written.findLast((said) => said.layer === layer && (said.target === larger || said.target === smaller)) ?? [])[0];
      if (blamed === undefined || found.has(blamed)) continue;
      const isSmaller = blamed.target === smaller;
      const [than, bound] = isSmaller ? [larger, large] : [smaller, small];
      const name = than.split('.')[1];
      const allowed = isSmaller ? `${mayBeEqual ? 'at most' : 'less than'} ${name} (${bound})` : `${mayBeEqual ? 'at least' : 'more than'} ${name} (${bound})`;
      found.set(blamed, problemOf(blamed.source, blamed.key, blamed.value, allowed));
    }
  }
  return [...found.values()];
}

/** Every combination of layers that somebody can be in, widest first. */
function meetings({ global, namespaces, models, quotas }: PolicySet, written: readonly Written[]): { readonly layers: readonly Layer[]; readonly resolved: Policy }[] {
  const policy: PolicySet = { global, namespaces, models, quotas };
  const places = new Map<string, { readonly model: string; readonly namespace: string }>();
  const namespaceNames = Object.keys(namespaces);
  for (const { model, namespace } of Object.keys(models).map(splitModel)) {
    for (const where of namespace === undefined ? ['', ...namespaceNames] : [namespace]) places.set(JSON.stringify([model, where]), { model, namespace: where });
  }
  for (const namespace of namespaceNames) places.set(JSON.stringify(['', namespace]), { model: '', namespace });
  const spoken = new Set(written.map(({ layer }) => layer));
  return [
    { layers: ['global'], resolved: global },
    ...[...places.values()].map(({ model, namespace }) => ({
      layers: (['global', `namespace ${namespace}`, `model ${model}`, `model ${model}#${namespace}`] as const).filter((layer) => spoken.has(layer)),
      resolved: policyForModel(policy, { modelID: model, namespace }),
    })),
  ];
}
