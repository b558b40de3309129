import { stringify } from 'yaml';
import * as z from 'zod';
import { specRules, type SpecRule } from './variant-autoscaling-rules.ts';
import { specShape } from './variant-autoscaling-spec.ts';
import { statusShape } from './variant-autoscaling-status.ts';

/** A structural schema, as far as we write one. */
export interface StructuralSchema {
  type?: string;
  description?: string;
  format?: string;
  default?: unknown;
  required?: string[];
  properties?: Record<string, StructuralSchema>;
  additionalProperties?: StructuralSchema;
  items?: StructuralSchema;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  anyOf?: StructuralSchema[];
  [extension: `x-kubernetes-${string}`]: unknown;
}

interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  priority?: number;
  description?: string;
}

const ready = '.status.conditions[?(@.type=="Ready")]';

const columns: readonly PrinterColumn[] = [
  { name: 'Target', type: 'string', jsonPath: '.spec.scaleTargetRef.name', description: 'What is scaled.' },
  { name: 'Model', type: 'string', jsonPath: '.spec.modelID', description: 'Which model it serves.' },
  { name: 'Accelerator', type: 'string', jsonPath: '.status.currentAlloc.accelerator', description: 'On which accelerator.' },
  { name: 'Current', type: 'integer', jsonPath: '.status.currentAlloc.numReplicas', description: 'Replicas that the target asks for today.' },
  { name: 'Desired', type: 'integer', jsonPath: '.status.desiredOptimizedAlloc.numReplicas', description: 'Replicas that are desired.' },
  { name: 'Decision', type: 'string', jsonPath: '.status.desiredOptimizedAlloc.lastUpdate.reason', description: 'Why that many.' },
  { name: 'Ready', type: 'string', jsonPath: `${ready}.status`, description: 'Whether the variant is being decided for.' },
  { name: 'Reason', type: 'string', jsonPath: `${ready}.reason`, description: 'Why it is, or is not.' },
  { name: 'Kind', type: 'string', jsonPath: '.spec.scaleTargetRef.kind', priority: 1 },
  { name: 'Ready Replicas', type: 'integer', jsonPath: '.status.currentAlloc.readyReplicas', priority: 1 },
  { name: 'Min', type: 'integer', jsonPath: '.spec.minReplicas', priority: 1 },
  { name: 'Max', type: 'integer', jsonPath: '.spec.maxReplicas', priority: 1 },
  { name: 'Cost', type: 'string', jsonPath: '.spec.variantCost', priority: 1 },
  { name: 'MetricsReady', type: 'string', jsonPath: '.status.conditions[?(@.type=="MetricsAvailable")].status', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: `${ready}.message`, priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/** The schema of the whole resource. */
export function variantAutoscalingSchema(): StructuralSchema {
  const spec = structural(specShape);
  for (const rule of specRules) addRule(spec, rule);
  return {
    type: 'object',
    description:
      'VariantAutoscaling has one variant of a model scaled: one scale target on one accelerator at one price. The controller decides how many replicas are desired, serves them as wva_desired_replicas, and says why in status.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'llmd.ai/v1alpha1' },
      kind: { type: 'string', description: 'VariantAutoscaling' },
      metadata: { type: 'object' },
      spec,
      status: structural(statusShape),
    },
  };
}

/** zod's idea of a JSON schema, without what a CRD may not or need not have. */
function structural(shape: z.ZodType): StructuralSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input', target: 'openapi-3.0' });
  return tidied(schema as StructuralSchema);
}

function tidied(node: StructuralSchema): StructuralSchema {
  const { minimum, maximum, properties, items, additionalProperties, description, ...rest } = node;
  if ('x-kubernetes-int-or-string' in node) {
    return { ...(description === undefined ? {} : { description }), ...rest, anyOf: [{ type: 'integer' }, { type: 'string' }], ...(minimum === undefined ? {} : { minimum }) };
  }
  const isInt32 = node.type === 'integer' && maximum !== undefined && maximum <= 2147483647;
  return {
    ...(description === undefined ? {} : { description }),
    ...rest,
    ...(isInt32 ? { format: 'int32' } : {}),
    // the bounds that only say that it is a whole number go
    ...(minimum === undefined || minimum <= -2147483648 ? {} : { minimum }),
    ...(maximum === undefined || maximum >= 2147483647 ? {} : { maximum }),
    ...(items === undefined ? {} : { items: tidied(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: tidied(additionalProperties) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, tidied(property)])) }),
  };
}

function addRule(spec: StructuralSchema, rule: SpecRule): void {
  const node = rule.at === '' ? spec : rule.at.split('.').reduce<StructuralSchema | undefined>((at, name) => at?.properties?.[name], spec);
  if (node === undefined) throw new Error(`The rule about ${rule.field} stands at ${rule.at}, which the schema does not have.`);
  const below = rule.field.slice(rule.at.length).replace(/^\./, '');
  const validations = (node['x-kubernetes-validations'] ?? []) as object[];
  validations.push({ rule: rule.rule, message: rule.message, reason: rule.reason, ...(below === '' ? {} : { fieldPath: `.${below}` }) });
  node['x-kubernetes-validations'] = validations;
}

/** The CustomResourceDefinition, as an object to send to an API server. */
export function variantAutoscalingCrd(): Record<string, unknown> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'variantautoscalings.llmd.ai', labels: { 'app.kubernetes.io/name': 'workload-variant-autoscaler' } },
    spec: {
      group: 'llmd.ai',
      scope: 'Namespaced',
      names: {
        kind: 'VariantAutoscaling',
        listKind: 'VariantAutoscalingList',
        plural: 'variantautoscalings',
        singular: 'variantautoscaling',
        shortNames: ['va'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map((column) => ({ ...column })),
          schema: { openAPIV3Schema: variantAutoscalingSchema() },
        },
      ],
    },
  };
}

/** The same as YAML, ready for `kubectl apply -f -`. */
export function crdYaml(): string {
  return stringify(variantAutoscalingCrd(), { lineWidth: 0, aliasDuplicateObjects: false });
}
