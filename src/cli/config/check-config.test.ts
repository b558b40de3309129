import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { checkConfig, type CheckFlags } from './check-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'wva-check-'));
let said = '';
let complained = '';

beforeEach(() => {
  said = '';
  complained = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((said += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((complained += String(text)), true));
  return () => vi.restoreAllMocks();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function check(text: string, flags: CheckFlags = {}): Promise<number> {
  const file = join(folder, 'policy.yaml');
  writeFileSync(file, text);
  const status = await checkConfig([file], flags);
  said = said.replaceAll(`${folder}/`, '');
  return status;
}

it('says that nothing would be refused', async () => {
  expect(await check('global: {priority: 2}')).toBe(0);
  expect(said).toBe('1 source read: nothing would be refused, 0 warnings.\n');
});

it('says everything that is wrong, and ends with 1', async () => {
  expect(await check('global: {priority: -1, colour: red, mode: off}\n---\nglobal: [1\n')).toBe(1);
  expect(said.split('\n')).toEqual([
    expect.stringMatching(/^error {4}policy\.yaml, line [345]: YAML was expected/) as string,
    'error    policy.yaml: global.priority is "-1", and must be a number that is at least 0.',
    expect.stringMatching(/^warning {2}policy\.yaml: global\.colour is "red", and should be one of the known keys/) as string,
    'error    policy.yaml: global.mode is "off", and must be one of act, recommend, paused, pausedDown.',
    '1 source read: 3 would be refused, 1 warning.',
    '',
  ]);
});

it('ends with 1 when a file is not there, and with 2 for a question that cannot be understood', async () => {
  expect(await checkConfig([join(folder, 'none.yaml')], {})).toBe(1);
  expect(said).toMatch(/cannot be read \(ENOENT/);
  expect(await checkConfig([], { explain: 'model' })).toBe(2);
  expect(complained).toBe('--explain is "model", and must be NAMESPACE/MODEL, such as serving/org/chat-8b.\n');
});

it('explains a policy field by field', async () => {
  expect(await check('global: {slo: {itl: 50ms}}\nmodels:\n  org/chat-8b#serving: {slo: {ttft: 300ms}}\n', { explain: 'serving/org/chat-8b' })).toBe(0);
  expect(said.split('\n').filter((line) => /^(slo|startup)/.test(line)).map((line) => line.split(/ {2,}/))).toEqual([
    ['slo.ttft', '300ms', 'model org/chat-8b#serving', 'policy.yaml: models.org/chat-8b#serving.slo.ttft'],
    ['slo.itl', '50ms', 'global', 'policy.yaml: global.slo.itl'],
    ['slo.attainment', '0.99', 'built in'],
    ['startup', '-', 'nobody'],
  ]);
});

it('tells the same as JSON, of manifests in any namespace', async () => {
  const map = (namespace: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wva-saturation-scaling-config, namespace: ${namespace}}\ndata: {default: "${data}"}\n---\n`;
  expect(await check(map('wva', 'priority: 2') + map('serving', 'priority: 3'), { json: true, namespace: 'wva', explain: 'serving/m' })).toBe(0);
  expect(JSON.parse(said)).toMatchObject({
    valid: true,
    problems: [],
    sources: [{ name: 'policy.yaml, ConfigMap wva/wva-saturation-scaling-config', valid: true }, { name: 'policy.yaml, ConfigMap serving/wva-saturation-scaling-config', namespace: 'serving' }],
    policy: { global: { priority: 2 }, namespaces: { serving: { priority: 3 } } },
    explained: expect.arrayContaining([{ key: 'priority', value: 3, layer: 'namespace serving', source: 'policy.yaml, ConfigMap serving/wva-saturation-scaling-config', at: 'default.priority' }]) as unknown,
  });
});
