import type { Schema } from './schema.ts';

/** A resource as the API serves it in one version. */
export interface ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceDefinition[];
  /** Where objects lie: `group/plural` of the stored form. */
  readonly shelf: string;
  /** apiVersion of the stored form. */
  readonly storedAs: string;
  readonly schema: Schema;
  /** Present for resources of CRDs. */
  readonly custom?: CustomTraits;
}

export interface SubresourceDefinition {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Where the kind is of another group. */
  readonly group?: string;
  readonly version?: string;
}

export interface CustomTraits {
  readonly statusSubresource: boolean;
  readonly scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  readonly columns: readonly { name: string; type: string; format?: string; description?: string; priority?: number; jsonPath: string }[];
  readonly structural: Schema;
  readonly preserveUnknownFields?: boolean;
}

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export function apiVersionOf(definition: { group: string; version: string }): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}
