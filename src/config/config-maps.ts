import type { ConfigMap } from '../wire/index.ts';
import type { PolicySource, SourceKind } from './policy.ts';

/** Where ConfigMaps with a policy, or a part of one, may be. */
export interface ConfigMapPlaces {
  /** Of the controller: what stands there is for everybody. */
  readonly namespace: string;
  readonly saturationName: string;
}

/** Names under which released versions kept their configuration, besides the saturation scaling ConfigMap, whose name is a setting. */
const releasedNames: ReadonlyMap<string, SourceKind> = new Map([
  ['wva-model-scale-to-zero-config', 'scaleToZero'],
  ['model-scale-to-zero-config', 'scaleToZero'],
  ['wva-queueing-model-config', 'queueingModel'],
  ['service-classes-config', 'serviceClasses'],
]);
/** Service classes were for the whole installation only. */
const localKinds: readonly SourceKind[] = ['saturation', 'scaleToZero', 'queueingModel'];

/** Names that a namespace may use for a configuration of its own. */
export function localNames(saturationName: string): string[] {
  return [saturationName, ...[...releasedNames].flatMap(([name, kind]) => (localKinds.includes(kind) ? [name] : []))];
}

/** The source that a ConfigMap is; `undefined` for one that is about something else. */
export function sourceOf({ metadata, data = {} }: ConfigMap, { namespace: own, saturationName }: ConfigMapPlaces): PolicySource | undefined {
  const { name = '', namespace = own } = metadata ?? {};
  const kind = name === saturationName ? 'saturation' : releasedNames.get(name);
  if (kind === undefined || (namespace !== own && !localKinds.includes(kind))) return undefined;
  return { name: `ConfigMap ${namespace}/${name}`, kind, ...(namespace !== own && { namespace }), data };
}
