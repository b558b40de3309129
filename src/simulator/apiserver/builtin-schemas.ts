import { assert } from '../../base/index.ts';
import { describeField } from './descriptions.ts';
import { parseShapes } from './parse-shapes.ts';
import type { Schema } from './schema.ts';
import { apiextensions } from './shapes/apiextensions.ts';
import { apiregistration } from './shapes/apiregistration.ts';
import { apps } from './shapes/apps.ts';
import { authentication } from './shapes/authentication.ts';
import { authorization } from './shapes/authorization.ts';
import { autoscalingV1 } from './shapes/autoscaling-v1.ts';
import { autoscalingV2 } from './shapes/autoscaling-v2.ts';
import { coordination } from './shapes/coordination.ts';
import { coreNodes } from './shapes/core-nodes.ts';
import { coreObjects } from './shapes/core-objects.ts';
import { corePods } from './shapes/core-pods.ts';
import { coreVolumes } from './shapes/core-volumes.ts';
import { events } from './shapes/events.ts';
import { meta } from './shapes/meta.ts';
import { rbac } from './shapes/rbac.ts';

/** Every type of the built-in kinds, by its full name. */
export const builtinSchemas: ReadonlyMap<string, Schema> = parseShapes(
  [meta, corePods, coreObjects, coreNodes, coreVolumes, apps, autoscalingV2, autoscalingV1, coordination, events, rbac, authentication, authorization, apiextensions, apiregistration],
  describeField,
);

const prefixes: Record<string, string> = {
  'v1': 'io.k8s.api.core.v1',
  'apps/v1': apps.prefix,
  'autoscaling/v1': autoscalingV1.prefix,
  'autoscaling/v2': autoscalingV2.prefix,
  'coordination.k8s.io/v1': coordination.prefix,
  'events.k8s.io/v1': events.prefix,
  'rbac.authorization.k8s.io/v1': rbac.prefix,
  'authentication.k8s.io/v1': authentication.prefix,
  'authorization.k8s.io/v1': authorization.prefix,
  'apiextensions.k8s.io/v1': apiextensions.prefix,
  'apiregistration.k8s.io/v1': apiregistration.prefix,
};

export function builtinSchemaName(apiVersion: string, kind: string): string {
  return `${prefixes[apiVersion] ?? ''}.${kind}`;
}

export function builtinSchema(apiVersion: string, kind: string): Schema {
  const schema = builtinSchemas.get(builtinSchemaName(apiVersion, kind));
  assert(schema, `The built-in kind ${kind} of ${apiVersion} should have a schema.`);
  return schema;
}

/** Follows a reference to a built-in type; anything else stays as it is. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = builtinSchemas.get(schema.$ref);
  assert(target, `The schema ${schema.$ref} should exist.`);
  return schema.description === undefined ? target : { ...target, description: schema.description };
}

/** The parts of an object that every kind shares. */
export const metaSchema: Schema = { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
