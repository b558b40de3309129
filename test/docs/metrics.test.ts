import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMeters, meterTable } from '../../src/runtime/index.ts';
import { replicaFamilies } from '../../src/serve/index.ts';

interface Documented {
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');
const documented = new Map(
  [...page.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|histogram|summary) \| (.*?) \| (.*) \|$/gm)].map(([, name = '', type = '', labels = '', help = '']): [string, Documented] => [
    name,
    { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label), help },
  ]),
);

it('documents every metric of ours as the code has it, and none that the code has not', () => {
  const inCode = { ...replicaFamilies, ...meterTable };
  const described = Object.fromEntries([...documented].filter(([name]) => name.startsWith('wva_')));
  expect(described).toEqual(Object.fromEntries(Object.entries(inCode).map(([name, { type, labels, help }]) => [name, { type, labels: [...labels], help }])));
});

it('documents every metric of the process that this platform has', async () => {
  const text = await createMeters().render();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE ((?:process|nodejs)_\S+) (\S+)$/gm)) expect(documented.get(name), name).toMatchObject({ type });
});
