import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { errorText } from '../../base/index.ts';
import { readTrace } from '../../simulator/index.ts';
import type { TraceFormat, TraceRecords, TraceSource } from '../../simulator/index.ts';
import type { ExperimentScenario } from './scenario.ts';

/** The traces of a scenario, read. */
export interface LoadedTraces {
  /** For `openWorkload`. */
  readonly trace: TraceSource;
  readonly records: readonly TraceRecords[];
  /** Lines that could not be used as they are: sentences with file and line, the first few of each file, and how many more there are. */
  readonly problems: readonly string[];
}

/** Where each format is published. */
const published: Record<TraceFormat, string> = {
  'azure-2023': 'AzureLLMInferenceTrace_code.csv and _conv.csv in the folder data of github.com/Azure/AzurePublicDataset',
  'azure-2024': 'the release dataset-llm-2024 of github.com/Azure/AzurePublicDataset',
  burstgpt: 'the folder data and the releases of github.com/HPMLL/BurstGPT',
  mooncake: 'the folder FAST25-release/traces of github.com/kvcache-ai/Mooncake',
};

/** Lines of a trace that are told one by one. */
const mostTold = 10;

interface Wanted {
  readonly file: string;
  readonly format: TraceFormat;
  readonly untilSeconds: number;
}

/**
 * Why a scenario cannot be run: a trace that is in none of the folders, and where to get it. `undefined` when it can.
 * @param folders where traces are looked for, in this order (the scenario's own folder, `--traces`, the variable `WVA_TRACES`)
 */
export function unavailable(scenario: ExperimentScenario, folders: readonly string[]): string | undefined {
  const wanted = wantedTraces(scenario).map((each) => ({ ...each, found: pathOf(each.file, folders) }));
  const closed = wanted.flatMap(({ found }) => {
    const why = found === undefined ? undefined : whyClosed(found);
    return why === undefined ? [] : [`The trace ${found} is needed, and cannot be read: ${why}.`];
  });
  const missing = wanted.filter(({ found }) => found === undefined);
  if (missing.length + closed.length === 0) return undefined;
  const where = folders.length === 0 ? 'no folder of traces was given (--traces, or the variable WVA_TRACES)' : `it is not in ${folders.join(', ')}`;
  return [...closed, ...missing.map(({ file, format }) => `The trace ${file} is needed, and ${where}. Its format, ${format}, is published in ${published[format]}.`)].join(' ');
}

/**
 * Reads the traces that a scenario plays, each as far as it is played.
 * @throws when one is in none of the folders; `unavailable` says so before.
 */
export function loadTraces(scenario: ExperimentScenario, folders: readonly string[]): LoadedTraces {
  const reason = unavailable(scenario, folders);
  if (reason !== undefined) throw new Error(reason);
  const records = wantedTraces(scenario).map(({ file, format, untilSeconds }) => {
    const found = pathOf(file, folders) as string;
    return readTrace(linesOfFile(found), format, file, untilSeconds === Infinity ? {} : { untilSeconds });
  });
  return {
    records,
    problems: records.flatMap(told),
    trace(file, format) {
      const found = records.find((each) => each.file === file && each.format === format);
      if (found === undefined) throw new Error(`The trace ${file} was not loaded with the scenario.`);
      return found;
    },
  };
}

/** Every trace once, to the end of the longest slice that is played. */
function wantedTraces({ models }: ExperimentScenario): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (const traffic of models.flatMap((model) => model.traffic)) {
    if (traffic.kind !== 'trace') continue;
    const { file, format, untilSeconds = Infinity } = traffic;
    const index = wanted.findIndex((each) => each.file === file && each.format === format);
    if (index < 0) wanted.push({ file, format, untilSeconds });
    else wanted[index] = { file, format, untilSeconds: Math.max(untilSeconds, wanted[index]?.untilSeconds ?? 0) };
  }
  return wanted;
}

function pathOf(file: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => path.resolve(folder, file)).find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}

function whyClosed(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function told({ file, problems, problemCount }: TraceRecords): readonly string[] {
  const first = problems.slice(0, mostTold).map(({ message }) => message);
  return problemCount > first.length ? [...first, `${file}: ${problemCount - first.length} more lines like these.`] : first;
}

/** Lines of a file of any size: a megabyte of it at a time. */
function* linesOfFile(file: string): Generator<string, undefined> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(1 << 20);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    rest += decoder.end();
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
