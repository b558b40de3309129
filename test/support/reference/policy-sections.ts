import { policies, policyKinds, shippedSweep, staticFleet } from '../../../src/lab/policies/index.ts';
import type { PolicyKind } from '../../../src/lab/policies/index.ts';
import { escaped } from './field-table.ts';
import type { Section } from './sections.ts';

const page = 'docs/reference/policies.md';

/** The parts of the page on policies that are made from the laws themselves. */
export const policySections: readonly Section[] = [
  { page, name: 'laws', text: () => [staticFleet(8), ...policyKinds()].map(lawText).join('\n\n') },
  { page, name: 'ours', text: oursText },
  { page, name: 'sweep', text: sweepText },
];

function lawText({ name, title, source, formula, assumed, settings, meaning }: PolicyKind): string {
  const rows = Object.entries(settings).map(([key, value]) => `| \`${key}\` | ${value} | ${escaped(meaning[key] ?? '')} |`);
  return [
    `### ${name.startsWith('static-') ? 'static-N' : name}`,
    `${title}.`,
    `Source: ${source}`,
    ...(formula.length > 0 ? [['```text', ...formula, '```'].join('\n')] : []),
    ['| Setting | Published | Meaning |', '|---|---|---|', ...rows].join('\n'),
    ...(assumed.length > 0 ? [['What was taken, and why:', '', ...assumed.map((sentence) => `- ${sentence}`)].join('\n')] : []),
  ].join('\n\n');
}

function oursText(): string {
  const rows = policies()
    .filter(({ family }) => family === 'ours')
    .map(({ name, title, source }) => `| \`${name}\` | ${escaped(title)} | ${escaped(source)} |`);
  return ['| Policy | What it is | From |', '|---|---|---|', ...rows].join('\n');
}

function sweepText(): string {
  const judged = shippedSweep.policies.map(({ policy, tried, published, best, on, seeds }) => {
    const changed = Object.entries(best.settings).filter(([key, value]) => published.settings[key] !== value);
    const found = best.score > published.score ? changed.map(([key, value]) => `\`${key}\` ${value}`).join(', ') : 'nothing better';
    return `| ${policy} | ${published.score} | ${best.score} | ${found} | ${tried} | ${seeds.length} | ${on} |`;
  });
  const rows = judged.length === 0 ? ['| none yet | | | | | | |'] : judged;
  return [
    `Judged by: ${shippedSweep.objective}.`,
    '',
    '| Law | Published | Best | Settings that are other than published | Tried | Seeds | On |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
