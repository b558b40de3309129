import { invalid } from './api-error.ts';
import type { ApiObject } from './api-object.ts';
import type { ResourceDefinition } from './definition.ts';
import { ruleCauses } from './rules.ts';
import { presetCustom, pruneCustom, structuralCauses } from './structural.ts';
import { metaCauses } from './validate.ts';

/** Prunes, fills in and checks a custom resource against its CRD. `object` is the caller's own copy. */
export function prepareCustom(definition: ResourceDefinition, object: ApiObject, old: ApiObject | undefined, subresource: string | undefined): ApiObject {
  const schema = definition.custom?.structural ?? {};
  const pruned = definition.custom?.preserveUnknownFields ? object : (pruneCustom(object, schema, '', () => {}) as ApiObject);
  presetCustom(pruned, schema);
  const shape = structuralCauses(pruned, schema, '');
  const causes = [...metaCauses(pruned, definition.namespaced), ...shape];
  // Rules run on values of the right shape only.
  if (shape.length === 0) causes.push(...ruleCauses(pruned, old, schema, ''));
  const scoped = subresource === 'status' ? causes.filter((cause) => cause.field.startsWith('status')) : causes;
  if (scoped.length > 0) throw invalid(definition, pruned.metadata.name ?? '', scoped);
  return pruned;
}
