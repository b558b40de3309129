import { defaultText, optionTable, policyFields, translatedKeys } from '../../../src/config/index.ts';
import { variantAutoscalingCrd, variantAutoscalingSchema, type StructuralSchema } from '../../../src/wire/index.ts';
import { escaped, fieldTable } from './field-table.ts';
import { laboratorySections } from './laboratory-sections.ts';
import { policySections } from './policy-sections.ts';

/** A part of a page of docs/reference that is made from the code. */
export interface Section {
  /** `docs/reference/crd.md` */
  readonly page: string;
  /** Stands in the page as `<!-- name -->` and `<!-- end of name -->`, with the text between them. */
  readonly name: string;
  readonly text: () => string;
}

export const sections: readonly Section[] = [
  { page: 'docs/reference/crd.md', name: 'spec', text: () => fieldTable(part('spec'), 'spec') },
  { page: 'docs/reference/crd.md', name: 'rules', text: rulesText },
  { page: 'docs/reference/crd.md', name: 'status', text: () => fieldTable(part('status'), 'status') },
  { page: 'docs/reference/crd.md', name: 'columns', text: columnsText },
  { page: 'docs/reference/configuration.md', name: 'settings', text: settingsText },
  { page: 'docs/reference/configuration.md', name: 'policy', text: policyText },
  { page: 'docs/reference/configuration.md', name: 'translated keys', text: () => translatedKeys.map((key) => `\`${key}\``).join(', ') },
  ...policySections,
  ...laboratorySections,
];

/** The page with the text of its sections put in. */
export function rendered(page: string, text: string): string {
  return sections
    .filter((section) => section.page === page)
    .reduce((before, { name, text: made }) => {
      const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
      const [from, to] = [before.indexOf(start), before.indexOf(end)];
      if (from < 0 || to < from) throw new Error(`${page} has no section ${start} ... ${end}.`);
      return `${before.slice(0, from)}${start}\n${made()}\n${before.slice(to)}`;
    }, text);
}

function part(name: 'spec' | 'status'): StructuralSchema {
  return variantAutoscalingSchema().properties?.[name] as StructuralSchema;
}

function rulesText(): string {
  const rules = (part('spec')['x-kubernetes-validations'] ?? []) as { message: string; fieldPath?: string }[];
  return rules.map(({ message, fieldPath }) => `- \`spec${fieldPath ?? ''}\`: ${message}.`).join('\n');
}

function columnsText(): string {
  const { spec } = variantAutoscalingCrd() as { spec: { versions: { additionalPrinterColumns: { name: string; jsonPath: string; priority?: number }[] }[] } };
  const columns = spec.versions[0]?.additionalPrinterColumns ?? [];
  const rows = columns.map(({ name, jsonPath, priority }) => `| ${name} | \`${jsonPath}\` | ${priority === undefined ? 'always' : '`-o wide`'} |`);
  return ['| Column | From | Shown |', '|---|---|---|', ...rows].join('\n');
}

function settingsText(): string {
  const rows = optionTable.map(
    (row) => `| ${row.flag === undefined ? '' : `\`${row.flag}\``} | \`${row.env}\` | ${escaped(row.type)} | ${row.default === undefined || row.default === '' ? '' : `\`${row.default}\``} | ${escaped(row.description)} |`,
  );
  return ['| Flag | Variable | Type | Default | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

function policyText(): string {
  const rows = policyFields.map((field) => `| \`${field.key}\` | ${field.where} | ${defaultText(field) === '' ? '' : `\`${defaultText(field)}\``} | ${escaped(field.allowed)} | ${escaped(field.description)} |`);
  return ['| Key | Layer | Default | Allowed | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}
