import type { Clock, Random } from '../../runtime/index.ts';
import { assert } from '../../base/index.ts';
import type { Cause } from './api-error.ts';
import { ApiError, alreadyExists, conflict, forbidden, invalid, modified, notFound } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { copyJson, isFields, sameJson, timeText } from './api-object.ts';
import { convert } from './conversion.ts';
import { prepareCustom } from './custom-object.ts';
import { crdCauses, presetCrd } from './crd.ts';
import { admit, freshStatus, presetObject } from './defaults.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import type { Ownership } from './managed-fields.ts';
import { trackUpdate } from './managed-fields.ts';
import type { Shelves } from './shelves.ts';
import { metaCauses, objectCauses } from './validate.ts';
import { invalidValue } from './validate-names.ts';

/** Who writes, and how. */
export interface WriteContext {
  readonly fieldManager: string;
  readonly dryRun?: boolean;
  readonly subresource?: string | undefined;
  /** Written by a controller of this process: admission trusts it. */
  readonly inProcess?: boolean;
  /** Set by server-side apply, which computes ownership itself. */
  readonly ownership?: Ownership;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: string | undefined;
  readonly preconditions?: { uid?: string; resourceVersion?: string } | undefined;
}

/**
 * Reads and writes objects as their served versions: defaults, admission, validation, generations, optimistic
 * locking and deletion, for HTTP and in-process callers alike. Every method throws {@link ApiError}.
 */
export interface Registry {
  read(definition: ResourceDefinition, namespace: string | undefined, name: string): ApiObject;
  find(definition: ResourceDefinition, namespace: string | undefined, name: string): ApiObject | undefined;
  scan(definition: ResourceDefinition, namespace: string | undefined): readonly ApiObject[];
  create(definition: ResourceDefinition, object: ApiObject, context: WriteContext): ApiObject;
  update(definition: ResourceDefinition, namespace: string | undefined, name: string, change: (current: ApiObject) => ApiObject, context: WriteContext): ApiObject;
  /** The object as it lay (`gone`), or as it lies marked for deletion. */
  remove(definition: ResourceDefinition, namespace: string | undefined, name: string, options: DeleteOptions, dryRun?: boolean): { object: ApiObject; gone: boolean };
}

/** Kinds whose generation grows with their spec. */
const generational = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'Pod', 'CustomResourceDefinition']);

export function createRegistry(shelves: Shelves, clock: Clock, random: Random): Registry {
  let addresses = 10;
  const nextAddress = (): string => {
    addresses += 1;
    return `10.0.${Math.floor(addresses / 254) % 256}.${(addresses % 254) + 1}`;
  };
  const served = (definition: ResourceDefinition, stored: ApiObject): ApiObject => convert(stored, apiVersionOf(definition));
  const counted = (definition: ResourceDefinition): boolean => definition.custom !== undefined || generational.has(definition.kind);
  const hasStatus = (definition: ResourceDefinition): boolean =>
    definition.custom ? definition.custom.statusSubresource : definition.subresources.some((each) => each.name === 'status');

  function find(definition: ResourceDefinition, namespace: string | undefined, name: string): ApiObject | undefined {
    const stored = shelves.read(definition.shelf, definition.namespaced ? namespace : undefined, name);
    return stored && served(definition, stored);
  }

  function read(definition: ResourceDefinition, namespace: string | undefined, name: string): ApiObject {
    const object = find(definition, namespace, name);
    if (!object) throw notFound(definition, name);
    return object;
  }

  /** Defaults, then everything that is wrong with it. */
  function prepare(definition: ResourceDefinition, object: ApiObject, old: ApiObject | undefined, subresource?: string): ApiObject {
    if (definition.custom) return prepareCustom(definition, object, old, subresource);
    presetObject(object);
    if (definition.kind === 'CustomResourceDefinition') presetCrd(object, old, timeText(clock.now()));
    const causes: Cause[] = [...metaCauses(object, definition.namespaced), ...objectCauses(object, old)];
    if (definition.kind === 'CustomResourceDefinition') causes.push(...crdCauses(object));
    if (causes.length > 0) throw invalid(definition, object.metadata.name ?? '', causes);
    return object;
  }

  function namespaceMustExist(definition: ResourceDefinition, namespace: string | undefined, name: string): void {
    if (!definition.namespaced || namespace === undefined) return;
    const found = shelves.read('/namespaces', undefined, namespace);
    if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace);
    if (found.metadata.deletionTimestamp !== undefined) {
      throw forbidden(definition, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
    }
  }

  function create(definition: ResourceDefinition, given: ApiObject, context: WriteContext): ApiObject {
    const copy = copyJson(given);
    const metadata = copy.metadata;
    const nowText = timeText(clock.now());
    if (metadata.resourceVersion) throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName.slice(0, 58) + suffix(random);
    if (!definition.namespaced) delete metadata.namespace;
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    let object: ApiObject = { ...copy, apiVersion: apiVersionOf(definition), kind: definition.kind, metadata: { ...metadata, uid: uuid(random), creationTimestamp: nowText } };
    if (counted(definition)) object.metadata.generation = 1;
    else delete object.metadata.generation;
    if (hasStatus(definition) && definition.kind !== 'Node') delete object['status'];
    namespaceMustExist(definition, object.metadata.namespace, object.metadata.name ?? '');
    object = prepare(definition, object, undefined);
    // What admission and the server itself add belongs to no manager.
    const { managedFields } = own(definition, convert(object, definition.storedAs), undefined, context).metadata;
    let stored = convert(object, definition.storedAs);
    if (!definition.custom) {
      admit(stored, nextAddress, context.inProcess === true);
      if (hasStatus(definition) && definition.kind !== 'Node' && definition.kind !== 'CustomResourceDefinition') stored['status'] = freshStatus(stored, nowText);
      if (definition.kind === 'Namespace') stored['spec'] = { finalizers: ['kubernetes'] };
      if (definition.kind === 'Node') stored['status'] ??= {};
    }
    const name = stored.metadata.name ?? '';
    if (shelves.read(definition.shelf, stored.metadata.namespace, name)) throw alreadyExists(definition, name);
    stored = { ...stored, metadata: { ...stored.metadata, ...(managedFields && managedFields.length > 0 ? { managedFields } : {}) } };
    return served(definition, context.dryRun ? stored : shelves.put(definition.shelf, stored));
  }

  function own(definition: ResourceDefinition, stored: ApiObject, old: ApiObject | undefined, context: WriteContext): ApiObject {
    const at = timeText(clock.now());
    const managedFields = context.ownership
      ? context.ownership(served(definition, stored), at)
      : trackUpdate(old && served(definition, old), served(definition, stored), definition, context.fieldManager, context.subresource, at);
    return { ...stored, metadata: { ...stored.metadata, managedFields } };
  }

  function update(definition: ResourceDefinition, namespace: string | undefined, name: string, change: (current: ApiObject) => ApiObject, context: WriteContext): ApiObject {
    const current = read(definition, namespace, name);
    const next = copyJson(change(current));
    const meta = next.metadata;
    if (meta.resourceVersion && meta.resourceVersion !== '0' && meta.resourceVersion !== current.metadata.resourceVersion) throw modified(definition, name);
    if (!meta.resourceVersion && definition.custom && context.ownership === undefined) {
      throw invalid({ group: definition.group, kind: definition.plural }, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
    }
    if (meta.uid && meta.uid !== current.metadata.uid) {
      throw conflict(definition, name, `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${current.metadata.uid}`);
    }
    const ofStatus = context.subresource === 'status';
    const { resourceVersion: _revision, ...kept } = current.metadata;
    const metadata = ofStatus
      ? { ...kept, ...(definition.custom ? {} : (meta.annotations ? { annotations: meta.annotations } : {})) }
      : { ...pick(meta), ...fixed(current) };
    let object: ApiObject = { ...(ofStatus ? { ...current, status: next['status'] } : next), apiVersion: apiVersionOf(definition), kind: definition.kind, metadata };
    if (ofStatus && next['status'] === undefined) delete object['status'];
    if (!ofStatus && hasStatus(definition)) {
      if (current['status'] === undefined) delete object['status'];
      else object['status'] = current['status'];
    }
    object = prepare(definition, copyJson(object), current, context.subresource);
    if (!definition.custom) keepServerFields(object, current);
    if (counted(definition) && !ofStatus && specChanged(definition, object, current)) {
      object.metadata.generation = (current.metadata.generation ?? 0) + 1;
    }
    const before = shelves.read(definition.shelf, current.metadata.namespace, name);
    assert(before, 'An object that was read a moment ago should lie in the store.');
    let stored = convert(object, definition.storedAs);
    stored = own(definition, stored, before, context);
    if (unchanged(stored, before)) return served(definition, before);
    if (context.dryRun) return served(definition, { ...stored, metadata: { ...stored.metadata, ...(before.metadata.resourceVersion === undefined ? {} : { resourceVersion: before.metadata.resourceVersion }) } });
    if (stored.metadata.deletionTimestamp !== undefined && finished(stored)) {
      const dropped = shelves.drop(definition.shelf, stored.metadata.namespace, name);
      return served(definition, dropped ? { ...stored, metadata: { ...stored.metadata, ...(dropped.metadata.resourceVersion === undefined ? {} : { resourceVersion: dropped.metadata.resourceVersion }) } } : stored);
    }
    return served(definition, shelves.put(definition.shelf, stored));
  }

  function remove(definition: ResourceDefinition, namespace: string | undefined, name: string, options: DeleteOptions, dryRun = false): { object: ApiObject; gone: boolean } {
    const current = read(definition, namespace, name);
    const wanted = options.preconditions;
    if (wanted?.uid !== undefined && wanted.uid !== current.metadata.uid) {
      throw new ApiError(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${definition.kind}${definition.group === '' ? '' : `.${definition.group}`} "${name}": the UID in the precondition (${wanted.uid}) does not match the UID in record (${current.metadata.uid}). The object might have been deleted and then recreated`,
        { name, ...(definition.group === '' ? {} : { group: definition.group }), kind: definition.kind },
      );
    }
    if (wanted?.resourceVersion !== undefined && wanted.resourceVersion !== current.metadata.resourceVersion) {
      throw conflict(definition, name, `Precondition failed: ResourceVersion in precondition: ${wanted.resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion}`);
    }
    const stored = shelves.read(definition.shelf, current.metadata.namespace, name) as ApiObject;
    const finalizers = withPropagation(stored.metadata.finalizers ?? [], options.propagationPolicy);
    const graceSeconds = graceOf(stored, options);
    const isNamespace = stored.kind === 'Namespace' && stored.apiVersion === 'v1';
    const marked: ApiObject = {
      ...stored,
      metadata: {
        ...stored.metadata,
        ...(finalizers.length > 0 ? { finalizers } : {}),
        deletionTimestamp: stored.metadata.deletionTimestamp ?? timeText(clock.now() + graceSeconds * 1000),
        ...(isNamespace ? {} : { deletionGracePeriodSeconds: Math.min(stored.metadata.deletionGracePeriodSeconds ?? graceSeconds, graceSeconds) }),
        ...(stored.metadata.generation === undefined || stored.metadata.deletionTimestamp ? {} : { generation: stored.metadata.generation + 1 }),
      },
      ...(isNamespace ? { status: { ...(stored['status'] as Fields), phase: 'Terminating' } } : {}),
    };
    if (finished(marked)) {
      if (!dryRun) shelves.drop(definition.shelf, stored.metadata.namespace, name);
      return { object: current, gone: true };
    }
    if (dryRun || unchanged(marked, stored)) return { object: served(definition, marked), gone: false };
    return { object: served(definition, shelves.put(definition.shelf, marked)), gone: false };
  }

  return {
    read,
    find,
    create,
    update,
    remove,
    scan(definition, namespace) {
      const all = shelves.scan(definition.shelf);
      const fitting = namespace === undefined || !definition.namespaced ? all : all.filter((object) => object.metadata.namespace === namespace);
      return definition.storedAs === apiVersionOf(definition) ? fitting : fitting.map((object) => served(definition, object));
    },
  };
}

/** Whether nothing holds an object that is marked for deletion. */
function finished(object: ApiObject): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return false;
  if (object.kind === 'Namespace' && object.apiVersion === 'v1') return ((object['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? []).length === 0;
  return (object.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** Only pods that were given to a node end slowly; their kubelet removes them with a grace of 0. */
function graceOf(object: ApiObject, options: DeleteOptions): number {
  const spec = object['spec'] as { nodeName?: string; terminationGracePeriodSeconds?: number } | undefined;
  const phase = (object['status'] as { phase?: string } | undefined)?.phase;
  if (object.kind !== 'Pod' || !spec?.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  return Math.max(0, options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30);
}

function withPropagation(finalizers: readonly string[], policy: string | undefined): string[] {
  const rest = finalizers.filter((each) => policy === undefined || (each !== 'foregroundDeletion' && each !== 'orphan'));
  if (policy === 'Foreground') return [...rest, 'foregroundDeletion'];
  return policy === 'Orphan' ? [...rest, 'orphan'] : rest;
}

function unchanged(next: ApiObject, before: ApiObject): boolean {
  const bare = (object: ApiObject): Fields => {
    const { resourceVersion: _revision, managedFields, ...metadata } = object.metadata;
    return { ...object, metadata: { ...metadata, managedFields: (managedFields ?? []).map(({ time: _time, ...entry }) => entry) } };
  };
  return sameJson(bare(next), bare(before));
}

/** The part of metadata that clients may change. */
function pick(meta: ApiObject['metadata']): Fields {
  const { name, namespace, labels, annotations, finalizers, ownerReferences, generateName, managedFields } = meta;
  const all = { name, namespace, labels, annotations, finalizers, ownerReferences, generateName, managedFields };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && !(isFields(value) && Object.keys(value).length === 0) && !(Array.isArray(value) && value.length === 0)));
}

function fixed(current: ApiObject): Fields {
  const { name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } = current.metadata;
  const all = { name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function specChanged(definition: ResourceDefinition, next: ApiObject, before: ApiObject): boolean {
  if (!sameJson(generationPart(definition, next), generationPart(definition, before))) return true;
  // a Deployment's annotations are copied to its replica sets, so they count
  return definition.kind === 'Deployment' && !definition.custom && !sameJson(next.metadata.annotations ?? {}, before.metadata.annotations ?? {});
}

function generationPart(definition: ResourceDefinition, object: ApiObject): unknown {
  if (!definition.custom) return object['spec'];
  const { metadata: _metadata, status, ...rest } = object;
  return definition.custom.statusSubresource ? rest : { ...rest, status };
}

/** What the server assigned stays when a client's new version leaves it out. */
function keepServerFields(object: ApiObject, current: ApiObject): void {
  const [spec, old] = [object['spec'] as Fields | undefined, current['spec'] as Fields | undefined];
  if (!spec || !old) return;
  const kept = object.kind === 'Service' ? ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] : object.kind === 'Namespace' ? ['finalizers'] : [];
  for (const name of kept) if (spec[name] === undefined && old[name] !== undefined) spec[name] = old[name];
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

function suffix(random: Random): string {
  return Array.from({ length: 5 }, () => letters.charAt(random.integer(letters.length))).join('');
}

/** A version 4 UUID from the world's own chance. */
function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, (_, index) => {
    const digit = index === 12 ? 4 : index === 16 ? 8 + random.integer(4) : random.integer(16);
    return digit.toString(16);
  }).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
