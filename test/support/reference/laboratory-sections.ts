import type { z } from 'zod';
import { jsonSchema, shippedScenarios } from '../../../src/lab/scenario/index.ts';
import type { ExperimentScenario } from '../../../src/lab/scenario/index.ts';
import { servingProfiles } from '../../../src/simulator/index.ts';
import { escaped } from './field-table.ts';
import type { Section } from './sections.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** The parts of the pages on scenarios and serving profiles that are made from the schema, the shipped files and the profiles. */
export const laboratorySections: readonly Section[] = [
  { page: 'docs/reference/scenarios.md', name: 'scenario', text: () => keyTables(jsonSchema()).join('\n\n') },
  { page: 'docs/reference/scenarios.md', name: 'shipped', text: () => shippedText(shippedScenarios()) },
  { page: 'docs/reference/profiles.md', name: 'numbers', text: numbersText },
  { page: 'docs/reference/profiles.md', name: 'provenance', text: provenanceText },
];

/** A table for the keys of every mapping, one for each kind where there are several. */
function keyTables(schema: Schema, at = '', heading = 'The file'): readonly string[] {
  const properties = Object.entries(schema.properties ?? {}) as [string, Schema][];
  const rows = properties.map(([key, field]) => `| \`${key}\` | ${typeOf(field)} | ${limitsOf(field, schema.required?.includes(key) === true)} | ${escaped(field.description ?? '')} |`);
  const own = [`### ${heading}`, '', '| Key | Type | Limits | Meaning |', '|---|---|---|---|', ...rows].join('\n');
  return [own, ...properties.filter(([key]) => key !== 'ownProfile').flatMap(([key, field]) => within(field, at === '' ? key : `${at}.${key}`))];
}

function within(field: Schema, at: string): readonly string[] {
  const path = field.items === undefined ? at : `${at}[]`;
  const inner = (field.items ?? field) as Schema;
  const choices = inner.oneOf ?? [];
  if (choices.length > 0) {
    const seen = new Set<string>();
    return choices.flatMap((choice) => keyTables(choice, path, `\`${path}\` of kind \`${String((choice.properties?.['kind'] as Schema | undefined)?.const)}\``)).filter((table) => {
      // prompt, output and shared beginnings are alike for every kind
      const isNew = !seen.has(table);
      seen.add(table);
      return isNew;
    });
  }
  return inner.properties === undefined ? [] : keyTables(inner, path, `\`${path}\``);
}

function typeOf(field: Schema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.type === 'array') return 'list';
  if (field.type === 'object') return field.additionalProperties === false || field.properties !== undefined ? 'mapping' : 'mapping of numbers';
  return { number: 'number', integer: 'whole number', string: 'text', boolean: 'true or false' }[String(field.type)] ?? '';
}

function limitsOf(field: Schema, isRequired: boolean): string {
  const limits: string[] = [];
  if (isRequired) limits.push('required');
  if (field.default !== undefined && typeof field.default !== 'object') limits.push(`default \`${JSON.stringify(field.default).replaceAll('"', '')}\``);
  if (field.exclusiveMinimum !== undefined) limits.push(`more than ${field.exclusiveMinimum}`);
  if (field.minimum !== undefined && field.minimum > -1e9) limits.push(`at least ${field.minimum}`);
  if (field.maximum !== undefined && field.maximum < 1e9) limits.push(`at most ${field.maximum}`);
  if (field.minItems !== undefined) limits.push('not empty');
  return limits.join('; ');
}

function shippedText(scenarios: readonly ExperimentScenario[]): string {
  const row = ({ name, title, durationSeconds, models }: ExperimentScenario): string => {
    const profiles = models.flatMap(({ variants }) => variants.map(({ profile, minReplicas, maxReplicas }) => `\`${profile}\` ${minReplicas} to ${maxReplicas}`));
    const slos = models.map(({ slo }) => `${slo.ttftSeconds} s, ${slo.tpotSeconds * 1000} ms`);
    return `| [\`${name}\`](../../src/lab/scenario/shipped/${name}.yaml) | ${escaped(title)} | ${(durationSeconds / 3600).toFixed(1)} h | ${profiles.join('<br>')} | ${[...new Set(slos)].join('<br>')} |`;
  };
  const table = (used: boolean): readonly string[] => ['| Scenario | What | Load | Variants | TTFT, TPOT |', '|---|---|---|---|---|', ...scenarios.filter(({ usedInDesign }) => usedInDesign === used).map(row)];
  return ['Looked at while our own engine was designed:', '', ...table(true), '', 'Not looked at:', '', ...table(false)].join('\n');
}

function numbersText(): string {
  const rows = servingProfiles.map(
    ({ name, serving, acceleratorsPerReplica, costPerHour }) =>
      `| \`${name}\` | ${acceleratorsPerReplica} × ${serving.accelerator} | ${serving.baseMs} | ${(serving.perPrefillTokenMs * 1000).toFixed(1)} | ${serving.perSequenceMs * 1000} | ${(serving.perResidentTokenMs * 1e6).toFixed(1)} | ${(serving.kvBlocks * serving.blockTokens).toLocaleString('en')} | ${serving.maxSequences} | ${serving.tokenBudget} | ${costPerHour} |`,
  );
  return ['| Profile | Accelerators | Base, ms | Prefill token, µs | Sequence, µs | KV token, ns | KV tokens | Sequences | Budget | Money/h |', '|---|---|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}

function provenanceText(): string {
  return servingProfiles
    .map(({ name, provenance }) => {
      const rows = provenance.map(({ field, value, from, source, trust }) => `| \`${field}\` | ${value} | ${from} | ${escaped(source)} | ${escaped(trust)} |`);
      return [`### ${name}`, '', '| Number | Value | From | Source | Trust |', '|---|---|---|---|---|', ...rows].join('\n');
    })
    .join('\n\n');
}
