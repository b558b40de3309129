import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readScenario, ScenarioError } from '../../src/lab/scenario/index.ts';
import { checkFeasible } from '../../src/lab/stage/index.ts';

const page = readFileSync(new URL('../../docs/reference/scenarios.md', import.meta.url), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

describe('the page on scenarios', () => {
  it('has an example that can be played', () => {
    const scenario = readScenario(example, 'evening.yaml');
    expect(scenario.name).toBe('evening');
    expect(checkFeasible(scenario)).toMatchObject({ feasible: true });
  });

  it('shows an error as it is', () => {
    const shown = /```text\n(The scenario mine[\s\S]*?)\n```/.exec(page)?.[1] ?? '';
    const wrong = example.replace('ratePerSecond: 5 }', 'ratePerSecond: 5, rampPerSecond: 1 }').replace('initialReplicas: 2', 'initialReplicas: nine');
    const message = (() => {
      try {
        readScenario(wrong, 'mine.yaml');
        return '';
      } catch (error) {
        return error instanceof ScenarioError ? error.message : String(error);
      }
    })();
    expect(message).toBe(shown);
  });
});
