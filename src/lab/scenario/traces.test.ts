import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { openWorkload } from '../../simulator/index.ts';
import { loadTraces, readScenarioFile, shippedScenarios, unavailable } from './index.ts';
import type { ExperimentScenario } from './index.ts';

let folder: string;
const code = shippedScenarios().find(({ name }) => name === 'azure-code') as ExperimentScenario;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wva-traces-'));
  // more than the megabyte that is read at a time, so that lines stand across its end
  const lines = Array.from({ length: 60_000 }, (_, index) => `2023-11-16 ${String(18 + Math.floor(index / 36_000)).padStart(2, '0')}:${String(Math.floor(index / 600) % 60).padStart(2, '0')}:${String(Math.floor(index / 10) % 60).padStart(2, '0')}.${index % 10}00000,${(index % 4000) + 1},${(index % 50) + 1}`);
  writeFileSync(path.join(folder, 'azure-2023-code.csv'), `TIMESTAMP,ContextTokens,GeneratedTokens\r\n${lines.join('\r\n')}\r\n`);
  writeFileSync(path.join(folder, 'broken.csv'), `TIMESTAMP,ContextTokens,GeneratedTokens\n${lines[0]}\nhalf a li`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the traces of a scenario', () => {
  it('are found in the folders that are given, and read as they are', () => {
    expect(unavailable(code, ['/nowhere', folder])).toBeUndefined();
    const { trace, problems } = loadTraces(code, ['/nowhere', folder]);
    expect(problems).toStrictEqual([]);
    const records = trace('azure-2023-code.csv', 'azure-2023');
    expect(records.count).toBe(60_000);
    expect([records.promptTokens[59_999], records.generationTokens[59_999], Math.round(records.atMs[59_999] ?? 0)]).toStrictEqual([4000, 50, 5_999_900]);
    expect(openWorkload(code.models[0]?.traffic ?? [], createRandom(1), trace).next()).toMatchObject({ promptTokens: 1 });
  });

  it('that are not there are told, with the place where they are published', () => {
    expect(unavailable(code, [])).toBe(
      'The trace azure-2023-code.csv is needed, and no folder of traces was given (--traces, or the variable WVA_TRACES). Its format, azure-2023, is published in AzureLLMInferenceTrace_code.csv and _conv.csv in the folder data of github.com/Azure/AzurePublicDataset.',
    );
    expect(unavailable(code, ['/nowhere'])).toContain('it is not in /nowhere');
    expect(() => loadTraces(code, ['/nowhere'])).toThrow(/it is not in \/nowhere/);
    expect(shippedScenarios().filter((scenario) => unavailable(scenario, []) !== undefined).map(({ name }) => name)).toStrictEqual(['azure-code']);
  });

  it('are kept as far as they could be read', () => {
    const broken: ExperimentScenario = { ...code, models: code.models.map((model) => ({ ...model, traffic: model.traffic.map((traffic) => ({ ...traffic, file: 'broken.csv' })) as typeof model.traffic })) };
    const { records, problems } = loadTraces(broken, [folder]);
    expect(records[0]).toMatchObject({ count: 1, problemCount: 1 });
    expect(problems[0]).toBe("broken.csv:3: TIMESTAMP is 'half a li', expected a time like 2023-11-16 18:17:03.9799600. The line was left out.");
  });
});

it('a scenario is read from a file, with a profile beside it', () => {
  const serving = { modelID: 'm', accelerator: 'CPU', baseMs: 10, perPrefillTokenMs: 0.1, perSequenceMs: 1, perResidentTokenMs: 0.001, networkMs: 1, maxSequences: 16, tokenBudget: 2048, kvBlocks: 64, blockTokens: 128, maxModelTokens: 2048, costPerHour: 1 };
  writeFileSync(path.join(folder, 'cpu.json'), JSON.stringify({ serving }));
  const file = path.join(folder, 'mine.yaml');
  writeFileSync(file, `name: mine
title: One line
description: More.
usedInDesign: false
durationSeconds: 60
models:
  - id: m
    slo: { ttftSeconds: 1, tpotSeconds: 1 }
    traffic: [{ kind: constant, ratePerSecond: 1, prompt: { mean: 10 }, output: { mean: 10 } }]
    variants: [{ name: cpu, profile: ./cpu.json, minReplicas: 1, maxReplicas: 2, initialReplicas: 1, startup: { meanSeconds: 5 } }]
`);
  expect(readScenarioFile(file).models[0]?.variants[0]?.ownProfile?.serving).toMatchObject(serving);
});
