import { compareText } from '../../base/index.ts';
import { builtinGroups, builtinResources } from './builtin-resources.ts';
import type { ResourceDefinition } from './definition.ts';

/** What the API serves at the moment: built-in resources, and those that CRDs have brought. */
export interface Catalog {
  find(group: string, version: string, plural: string): ResourceDefinition | undefined;
  /** The served resource whose stored form lies on this shelf. */
  stored(group: string, plural: string): ResourceDefinition | undefined;
  byKind(apiVersion: string, kind: string): ResourceDefinition | undefined;
  hasVersion(group: string, version: string): boolean;
  /** Named groups in order of discovery. */
  groups(): readonly { group: string; versions: readonly string[] }[];
  resources(group: string, version: string): readonly ResourceDefinition[];
  /** Replaces all that one CRD has brought. */
  setCustom(crd: string, definitions: readonly ResourceDefinition[]): void;
  /** Grows whenever something changes. */
  readonly generation: number;
}

export function createCatalog(): Catalog {
  const custom = new Map<string, readonly ResourceDefinition[]>();
  let everything: readonly ResourceDefinition[] = builtinResources;
  let byPath = index(everything);
  let generation = 1;

  function index(definitions: readonly ResourceDefinition[]): Map<string, ResourceDefinition> {
    return new Map(definitions.map((each) => [`${each.group}/${each.version}/${each.plural}`, each]));
  }

  return {
    get generation() {
      return generation;
    },
    find: (group, version, plural) => byPath.get(`${group}/${version}/${plural}`),
    stored(group, plural) {
      const fitting = everything.filter((each) => each.group === group && each.plural === plural);
      return fitting.find((each) => each.storedAs.endsWith(`/${each.version}`) || each.storedAs === each.version) ?? fitting[0];
    },
    byKind: (apiVersion, kind) =>
      everything.find((each) => (each.group === '' ? each.version : `${each.group}/${each.version}`) === apiVersion && each.kind === kind),
    hasVersion: (group, version) => everything.some((each) => each.group === group && each.version === version),
    groups() {
      const own = [...custom.values()].flat();
      const names = [...new Set(own.map((each) => each.group))].toSorted(compareText);
      const added = names.map((group) => ({
        group,
        versions: [...new Set(own.filter((each) => each.group === group).map((each) => each.version))].toSorted(compareVersions),
      }));
      return [...builtinGroups, ...added.filter(({ group }) => !builtinGroups.some((each) => each.group === group))];
    },
    resources: (group, version) => everything.filter((each) => each.group === group && each.version === version),
    setCustom(crd, definitions) {
      if (definitions.length === 0) custom.delete(crd);
      else custom.set(crd, definitions);
      everything = [...builtinResources, ...[...custom.values()].flat()];
      byPath = index(everything);
      generation += 1;
    },
  };
}

/** v2 before v1 before v1beta2 before v1alpha1, others by name: the order of Kubernetes' versions. */
export function compareVersions(a: string, b: string): number {
  const rank = (version: string): [number, number, number] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return [3, 0, 0];
    const stage = match[2] === undefined ? 0 : match[2] === 'beta' ? 1 : 2;
    return [stage, -Number(match[1]), -Number(match[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || compareText(a, b);
}
