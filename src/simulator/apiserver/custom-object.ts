import type { Cause } from './api-error.ts';
import { invalid } from './api-error.ts';
import type { ApiObject } from './api-object.ts';
import { isFields } from './api-object.ts';
import type { ResourceDefinition } from './definition.ts';
import { hasRules, ruleCauses } from './rules.ts';
import { presetCustom, pruneCustom, structuralCauses } from './structural.ts';
import { metaCauses } from './validate.ts';
import { invalidValue } from './validate-names.ts';

/** Mistakes after which rules would see values of the wrong shape. */
const blocking = ['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid'];
const unchecked = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Prunes, fills in and checks a custom resource against its CRD. `object` is the caller's own copy. */
export function prepareCustom(definition: ResourceDefinition, object: ApiObject, old: ApiObject | undefined, subresource: string | undefined): ApiObject {
  const schema = definition.custom?.structural ?? {};
  const pruned = definition.custom?.preserveUnknownFields ? object : (pruneCustom(object, schema, '', () => {}) as ApiObject);
  presetCustom(pruned, schema);
  const isStatus = subresource === 'status';
  const causes: Cause[] = [...metaCauses(pruned, definition.namespaced), ...shapeCauses(pruned, definition, isStatus), ...scaleCauses(pruned, definition, isStatus)];
  if (hasRules(schema)) {
    if (causes.some((cause) => blocking.includes(cause.reason))) causes.push(invalidValue('<nil>', null, unchecked));
    else causes.push(...ruleCauses(pruned, old, schema, ''));
  }
  if (causes.length > 0) throw invalid(definition, pruned.metadata.name ?? '', causes);
  return pruned;
}

/** A write of the status is judged by its status alone, which is named as if it were the whole. */
function shapeCauses(object: ApiObject, definition: ResourceDefinition, isStatus: boolean): Cause[] {
  const schema = definition.custom?.structural ?? {};
  if (!isStatus) return structuralCauses(object, schema, '');
  if (object['status'] === undefined) return [];
  return structuralCauses(object['status'], schema.properties?.['status'] ?? {}, '').map((cause) => ({ ...cause, field: cause.field === '<nil>' ? 'status' : `status.${cause.field}` }));
}

/** Replicas that a scale subresource points at must be whole numbers from 0. */
function scaleCauses(object: ApiObject, definition: ResourceDefinition, isStatus: boolean): Cause[] {
  const scale = definition.custom?.scale;
  if (!scale) return [];
  const path = isStatus ? scale.statusReplicasPath : scale.specReplicasPath;
  let value: unknown = object;
  for (const name of path.split('.').slice(1)) {
    if (value === undefined) return [];
    if (!isFields(value)) return [invalidValue(path, 0, `${path} accessor error: ${goText(value)}, expected map[string]interface{}`)];
    value = value[name];
  }
  if (value === undefined) return [];
  if (typeof value !== 'number' || !Number.isInteger(value)) return [invalidValue(path, 0, `${path} accessor error: ${goText(value)}, expected int64`)];
  return value < 0 ? [invalidValue(path, value, 'should be a non-negative integer')] : [];
}

function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(' ')}] is of the type []interface {}`;
  const type = typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value === 'boolean' ? 'bool' : 'string';
  return `${String(value)} is of the type ${type}`;
}
