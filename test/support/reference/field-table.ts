import type { StructuralSchema } from '../../../src/wire/index.ts';

/** The fields of a schema as rows of Markdown, parents before children. */
export function fieldTable(schema: StructuralSchema, root: string): string {
  const rows = [...fields(schema, root)].map(([path, node, isRequired]) => `| \`${path}\` | ${typeOf(node)} | ${limitsOf(node, isRequired)} | ${escaped(node.description ?? '')} |`);
  return ['| Field | Type | Limits | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function* fields(schema: StructuralSchema, path: string): Generator<[string, StructuralSchema, boolean]> {
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const at = `${path}.${name}${node.items ? '[]' : ''}`;
    yield [at, node, schema.required?.includes(name) ?? false];
    yield* fields(node.items ?? node, at);
  }
}

function typeOf(node: StructuralSchema): string {
  if (node['x-kubernetes-int-or-string'] === true) return 'integer or string';
  if (node.items) return `list of ${node.items.type}`;
  if (node.additionalProperties) return `map of ${node.additionalProperties.type}`;
  return node.format === 'date-time' ? 'time' : (node.type ?? '');
}

function limitsOf(node: StructuralSchema, isRequired: boolean): string {
  const limits: string[] = [];
  if (isRequired) limits.push('required');
  if (node.default !== undefined) limits.push(`default \`${JSON.stringify(node.default)}\``);
  if (node.enum) limits.push(node.enum.map((value) => `\`${String(value)}\``).join(', '));
  if (node.minimum !== undefined) limits.push(node.exclusiveMinimum ? `more than ${node.minimum}` : `at least ${node.minimum}`);
  if (node.maximum !== undefined) limits.push(`at most ${node.maximum}`);
  if (node.minLength !== undefined || node.minItems !== undefined || node.minProperties !== undefined) limits.push('not empty');
  if (node.maxLength !== undefined) limits.push(`at most ${node.maxLength} characters`);
  if (node.maxItems !== undefined) limits.push(`at most ${node.maxItems} entries`);
  if (node.pattern !== undefined) limits.push(`\`${escaped(node.pattern)}\``);
  const rules = (node['x-kubernetes-validations'] ?? []) as { message: string }[];
  return [...limits, ...rules.map(({ message }) => escaped(message))].join('; ');
}

export function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
