import { describe, expect, it } from 'vitest';
import { profileOf, readScenario, ScenarioError } from './index.ts';

const good = `name: mine
title: One line
description: More lines.
usedInDesign: true
durationSeconds: 2430
until: floor
models:
  - id: Qwen/Qwen3-32B
    slo: { ttftSeconds: 3, tpotSeconds: 0.1 }
    traffic:
      - kind: stages
        stages:
          - { seconds: 330, ratePerSecond: 2 }
          - { seconds: 2100, ratePerSecond: 4 }
        prompt: { mean: 4000, standardDeviation: 300, lowest: 3500, highest: 4500 }
        output: { mean: 1000 }
    variants:
      - name: h100
        profile: qwen3-32b-h100-tp2
        minReplicas: 3
        maxReplicas: 8
        initialReplicas: 3
        startup: { meanSeconds: 100 }
`;

function problemsOf(text: string, readFile?: (name: string) => string): readonly string[] {
  try {
    readScenario(text, 'my.yaml', readFile);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(({ path, line, message }) => `${line}: ${path}: ${message}`);
  }
  return [];
}

describe('a scenario', () => {
  it('is read with its defaults', () => {
    const scenario = readScenario(good, 'ramp.yaml');
    expect(scenario.models[0]).toMatchObject({ namespace: 'default', priority: 0, router: { policy: 'least-loaded', flowControl: false } });
    expect(scenario.models[0]?.variants[0]).toMatchObject({ role: 'both', terminationGraceSeconds: 600 });
    expect(scenario.faults).toStrictEqual([]);
  });

  it.each([
    ['an alias of nothing', good.replace('title: One line', 'title: *nope'), '2: : there is nothing called &nope before it, expected what *nope is to repeat'],
    ['an alias of itself', good.replace('title: One line', 'title: &x [*x]'), '2: : *x stands within what it repeats, expected it outside of &x'],
    ['two documents', good.replace('models:', '---\nmodels:'), '7: : a second document begins here (---), expected one scenario a file'],
    ['no number', good.replace('ratePerSecond: 2', 'ratePerSecond: .nan'), '13: models[0].traffic[0].stages[0].ratePerSecond: is NaN, expected a number'],
    ['more than can be played', good.replace('durationSeconds: 2430', 'durationSeconds: 1e12'), '5: durationSeconds: is 1000000000000, expected at most 2678400'],
    ['a long text', good.replace('until: floor', `until: ${'x'.repeat(99)}`), `6: until: is "${'x'.repeat(59)}…, expected one of drained, floor`],
  ])('with %s is refused in our words', (_, text, expected) => {
    expect(problemsOf(text)).toStrictEqual([expected]);
  });

  it('tells everything that is wrong with it at once, with line and what was expected', () => {
    const bad = good
      .replace('usedInDesign: true', 'usedInDesign: yes please')
      .replace('maxReplicas: 8', 'maxReplica: 8')
      .replace('until: floor', 'until: ceiling')
      .replace('{ seconds: 330, ratePerSecond: 2 }', '{ seconds: 330, ratePerSecond: -2 }')
      .replace('kind: stages', 'kind: stage');
    expect(problemsOf(bad)).toStrictEqual([
      '4: usedInDesign: is "yes please", expected true or false',
      '6: until: is "ceiling", expected one of drained, floor',
      '11: models[0].traffic[0].kind: is "stage", expected one of constant, stages, diurnal, bursts, trace',
      '18: models[0].variants[0].maxReplicas: is missing, expected a number',
      '21: models[0].variants[0].maxReplica: there is no such key. Did you mean maxReplicas?',
    ]);
    expect(problemsOf(good.replace('{ seconds: 330, ratePerSecond: 2 }', '{ seconds: 330, ratePerSecond: -2, rampPerSecond: 1 }'))).toStrictEqual([
      '13: models[0].traffic[0].stages[0].ratePerSecond: is -2, expected at least 0',
      '13: models[0].traffic[0].stages[0].rampPerSecond: there is no such key. Did you mean ratePerSecond?',
    ]);
  });

  it.each([
    ['an initial number out of its bounds', 'initialReplicas: 3', 'initialReplicas: 9', 'is 9, expected between minReplicas and maxReplicas, 3 and 8'],
    ['bounds the wrong way round', 'minReplicas: 3', 'minReplicas: 30', 'is 30, expected at most maxReplicas, 8'],
    ['a profile that there is not', 'profile: qwen3-32b-h100-tp2', 'profile: qwen3-32b-h100-tp4', 'there is no serving profile "qwen3-32b-h100-tp4". Did you mean qwen3-32b-h100-tp2?'],
    ['a profile of another model', 'profile: qwen3-32b-h100-tp2', 'profile: llama-3.1-8b-a100', 'llama-3.1-8b-a100 serves meta-llama/Llama-3.1-8B-Instruct, expected one of the model Qwen/Qwen3-32B'],
    ['prefill without decode', 'name: h100', 'name: h100\n        role: prefill', 'there is a variant of role prefill and none of role decode, expected both'],
    ['stages beyond the end', 'durationSeconds: 2430', 'durationSeconds: 2000', 'last 2430 s together, expected at most durationSeconds, 2000'],
    ['tokens the wrong way round', 'lowest: 3500', 'lowest: 5500', 'is 5500, expected at most highest, 4500'],
    ['a fault of no variant', 'models:', 'faults:\n  - { kind: slow, atSeconds: 5, variant: a100, factor: 2 }\nmodels:', 'there is no variant "a100", expected one of h100'],
    ['a late fault without how late', 'models:', 'faults:\n  - { kind: metrics, atSeconds: 5, how: late }\nmodels:', 'is missing, expected a number: metrics are late'],
    ['a fault after the end', 'models:', 'faults:\n  - { kind: metrics, atSeconds: 5000, how: lost }\nmodels:', 'is 5000, expected less than durationSeconds, 2430'],
    ['an accelerator that is misspelt', 'models:', 'accelerators: { H1000: 8 }\nmodels:', 'no variant runs on it, expected one of H100'],
    ['fewer accelerators than there are replicas', 'models:', 'accelerators: { H100: 4 }\nmodels:', 'is 4, expected at least 6: the initial replicas have so many'],
  ])('says of %s what was expected', (_, from, to, message) => {
    const problems = problemsOf(good.replace(from, to));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(problems[0]).toMatch(/^\d+: /);
  });

  it('says of text that is no YAML, or no mapping, where and why', () => {
    expect(problemsOf('name: a\nname: b\n')[0]).toMatch(/^2: .*second time/);
    expect(problemsOf('name: [a\n')[0]).toMatch(/^\d: /);
    expect(problemsOf('- 1')).toStrictEqual(['1: : is [1], expected a mapping']);
    expect(problemsOf('')).toHaveLength(1);
  });

  it('takes a fitted profile from a file beside it', () => {
    const serving = profileOf(readScenario(good, 'ramp.yaml').models[0]!.variants[0]!).serving;
    const named = good.replace('profile: qwen3-32b-h100-tp2', 'profile: ./fitted.json');
    const files: Record<string, string> = { './fitted.json': JSON.stringify({ serving: { ...serving, baseMs: 99 }, acceleratorsPerReplica: 2 }) };
    const scenario = readScenario(named, 'my.yaml', (name) => files[name] ?? '');
    expect(profileOf(scenario.models[0]!.variants[0]!)).toMatchObject({ name: './fitted.json', acceleratorsPerReplica: 2, serving: { baseMs: 99 } });
    // whole where it goes: nothing is read again
    expect(profileOf((JSON.parse(JSON.stringify(scenario)) as typeof scenario).models[0]!.variants[0]!).serving.baseMs).toBe(99);
    expect(problemsOf(named, () => '{"serving": {}}')[0]).toMatch(/^19: models\[0\].variants\[0\].profile: names the file .\/fitted.json, which is no serving profile: serving.modelID is missing, expected a text; /);
    expect(problemsOf(named)[0]).toContain('was not read from a folder');
  });

  it('derives a profile from the sheet of a model in a file beside it', () => {
    const sheet = 'model: { modelID: Qwen/Qwen3-32B, parameters: 32.76e9, layers: 64, kvHeads: 8, headSize: 128, maxModelTokens: 40960 }\naccelerator: H100\ntensorParallelism: 2\n';
    const named = good.replace('profile: qwen3-32b-h100-tp2', 'profile: ./qwen.yaml');
    const [derived] = readScenario(named, 'my.yaml', () => sheet).models[0]?.variants ?? [];
    const [shipped] = readScenario(good, 'my.yaml').models[0]?.variants ?? [];
    expect(profileOf(derived!).serving).toStrictEqual(profileOf(shipped!).serving);
    expect(profileOf(derived!).acceleratorsPerReplica).toBe(2);
    expect(problemsOf(named, () => sheet.replace('H100', 'H1000').replace('kvHeads: 8, ', ''))[0]).toContain('no serving profile: model.kvHeads is missing, expected a number; accelerator is "H1000", expected one of A100, H100, L40S, MI300X');
  });
});
