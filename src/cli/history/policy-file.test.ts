import { expect, it } from 'vitest';
import { defaultPolicy, defaultPolicySet, policySetOf } from '../../model/index.ts';
import { policyOf, readPolicyFile } from './policy-file.ts';

const eager = { ...defaultPolicy, saturation: { ...defaultPolicy.saturation, kvCacheThreshold: 0.6 }, scaleDownStabilizationMs: 30_000 };

it.each([
  ['fields', 'kvCacheThreshold: 0.6\nscaleDownStabilization: 30s\n'],
  ['entries', 'default: |\n  kvCacheThreshold: 0.6\n  scaleDownStabilization: 30s\n'],
  ['entries that are mappings', 'default:\n  kvCacheThreshold: 0.6\n  scaleDownStabilization: 30s\n'],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wva-saturation-scaling-config}\ndata:\n  default: |\n    kvCacheThreshold: 0.6\n    scaleDownStabilization: 30s\n'],
])('reads %s', (_, text) => {
  expect(policyOf(text, 'eager.yaml')).toEqual({ ok: true, name: 'eager.yaml', policy: policySetOf(eager), warnings: [] });
});

it('reads entries of single models', () => {
  expect(policyOf('llama#prod:\n  kvCacheThreshold: 0.6\n', 'p.yaml')).toMatchObject({ ok: true, policy: { models: { 'llama#prod': { saturation: { kvCacheThreshold: 0.6 } } } } });
});

it('has a name for the policy of who has written none', async () => {
  expect(await readPolicyFile('built-in')).toEqual({ ok: true, name: 'built-in', policy: defaultPolicySet, warnings: [] });
});

it('says everything that is wrong at once', async () => {
  expect(policyOf('kvCacheThreshold: 2\nqueueLengthThreshold: -1\n', 'p.yaml')).toEqual({
    ok: false,
    problems: [
      expect.stringMatching(/^p\.yaml: global\.kvCacheThreshold is "2", and must be a number from 0 to 1\.$/) as string,
      expect.stringMatching(/^p\.yaml: global\.queueLengthThreshold is "-1", and must be /) as string,
    ],
  });
  expect(policyOf('a: [1\n', 'p.yaml')).toEqual({ ok: false, problems: [expect.stringMatching(/^p\.yaml, line [12]: YAML was expected/) as string] });
  expect(policyOf('- a\n', 'p.yaml')).toMatchObject({ ok: false });
  expect(policyOf('kind: Secret\n', 'p.yaml')).toMatchObject({ ok: false });
  expect(await readPolicyFile('/there/is/none')).toEqual({ ok: false, problems: [expect.stringMatching(/^The policy file \/there\/is\/none cannot be read \(ENOENT/) as string] });
});
