import type { Engine, EngineArguments } from '../model/index.ts';
import type { Container, PodSpec } from '../wire/index.ts';
import { servingContainer, wordsOf } from './engines.ts';

/** The batch of vLLM's present engine where prompts are computed in pieces, and of the one before it (`VLLM_USE_V1=0`). */
const chunkTokens = { present: 8192, before: 2048 };
/** Where a prompt is computed in one piece, a batch takes the longest, and no less than this. */
const leastWholePrompt = 2048;
const defaultSequences = 256;
const defaultMemoryFraction = 0.9;

/** What of a pod's template is the same object from look to look is read once. */
const known: Record<Engine, WeakMap<PodSpec, EngineArguments>> = { vllm: new WeakMap(), sglang: new WeakMap() };

/** What the engine in these pods was told; `undefined` where nothing says what they are made from. */
export function engineArgumentsOf(pod: PodSpec | undefined, engine: Engine): EngineArguments | undefined {
  if (pod === undefined) return undefined;
  let found = known[engine].get(pod);
  if (found === undefined) known[engine].set(pod, (found = parseEngineArguments(servingContainer(pod), engine)));
  return found;
}

/**
 * Reads the command, arguments and environment of a container. `--key value`, `--key=value` and `--key` alone are understood, with `-` or `_` within the key and one
 * dash or two before it; the last one counts, as engines have it. What cannot be understood is as if it were not there: an engine that was told nonsense does not start.
 */
export function parseEngineArguments(container: Container | undefined, engine: Engine): EngineArguments {
  const environment = new Map((container?.env ?? []).map(({ name, value = '' }) => [name, value]));
  const flags = flagsOf(container === undefined ? [] : wordsOf(container), environment);
  return engine === 'sglang' ? sglangArguments(flags) : vllmArguments(flags, environment.get('VLLM_USE_V1') === '0');
}

function vllmArguments(flags: Flags, before: boolean): EngineArguments {
  const chunkedPrefill = flags.on('enable-chunked-prefill') ?? !before;
  const maxContextTokens = flags.count('max-model-len');
  const blockTokens = flags.count('block-size') ?? 16;
  const blocks = flags.count('num-gpu-blocks-override');
  return {
    memoryFraction: flags.fraction('gpu-memory-utilization') ?? defaultMemoryFraction,
    blockTokens,
    kvCacheType: flags.text('kv-cache-dtype') ?? 'auto',
    tensorParallel: flags.count('tensor-parallel-size', 'tp') ?? 1,
    ...sequencesOf(flags.count('max-num-seqs')),
    maxBatchedTokens: flags.count('max-num-batched-tokens') ?? batchOf(chunkedPrefill, before ? chunkTokens.before : chunkTokens.present, maxContextTokens),
    ...(maxContextTokens !== undefined && { maxContextTokens }),
    ...(blocks !== undefined && { kvCapacityTokens: blocks * blockTokens }),
    chunkedPrefill,
    eager: flags.on('enforce-eager') ?? false,
  };
}

function sglangArguments(flags: Flags): EngineArguments {
  const chunk = flags.number('chunked-prefill-size');
  const chunkedPrefill = chunk === undefined || chunk > 0;
  const maxContextTokens = flags.count('context-length');
  const kvCapacityTokens = flags.count('max-total-tokens');
  return {
    memoryFraction: flags.fraction('mem-fraction-static') ?? defaultMemoryFraction,
    blockTokens: flags.count('page-size') ?? 1,
    kvCacheType: flags.text('kv-cache-dtype') ?? 'auto',
    tensorParallel: flags.count('tp', 'tp-size', 'tensor-parallel-size') ?? 1,
    ...sequencesOf(flags.count('max-running-requests')),
    maxBatchedTokens: flags.count('chunked-prefill-size') ?? flags.count('max-prefill-tokens') ?? batchOf(chunkedPrefill, chunkTokens.present, maxContextTokens),
    ...(maxContextTokens !== undefined && { maxContextTokens }),
    ...(kvCapacityTokens !== undefined && { kvCapacityTokens }),
    chunkedPrefill,
    eager: flags.on('disable-cuda-graph') ?? false,
  };
}

function sequencesOf(told: number | undefined): Pick<EngineArguments, 'maxSequences' | 'maxSequencesAssumed'> {
  return told === undefined ? { maxSequences: defaultSequences, maxSequencesAssumed: true } : { maxSequences: told };
}

function batchOf(chunked: boolean, chunk: number, maxContextTokens: number | undefined): number {
  return chunked ? chunk : Math.max(maxContextTokens ?? 0, leastWholePrompt);
}

interface Flags {
  /** The value under the first of these names that has one. */
  text(...names: readonly string[]): string | undefined;
  number(...names: readonly string[]): number | undefined;
  /** A whole number above 0. */
  count(...names: readonly string[]): number | undefined;
  /** A number above 0 and up to 1. */
  fraction(...names: readonly string[]): number | undefined;
  /** Whether a switch is on; `undefined` where nothing is said. */
  on(name: string): boolean | undefined;
}

function flagsOf(words: readonly string[], environment: ReadonlyMap<string, string>): Flags {
  const said = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const [, key, value] = /^--?([a-z][\w-]*)(?:=(.*))?$/i.exec(word) ?? [];
    if (key === undefined) continue;
    const next = words[index + 1];
    said.set(key.replaceAll('_', '-').toLowerCase(), expanded(value ?? (next === undefined || /^--?[a-z]/i.test(next) ? '' : next), environment));
  }
  const text = (...names: readonly string[]): string | undefined => names.map((name) => said.get(name)).find((value) => value !== undefined && value !== '');
  const number = (...names: readonly string[]): number | undefined => numberOf(text(...names));
  return {
    text,
    number,
    count(...names) {
      const value = number(...names);
      return value !== undefined && Number.isInteger(value) && value > 0 ? value : undefined;
    },
    fraction(...names) {
      const value = number(...names);
      return value !== undefined && value > 0 && value <= 1 ? value : undefined;
    },
    on(name) {
      const value = said.get(name);
      if (value === undefined) return said.has(`no-${name}`) ? false : undefined;
      return !/^(?:false|0|no|off)$/i.test(value);
    },
  };
}

/** Kubernetes puts variables of the container's own environment in the place of `$(NAME)`; a shell does so with `$NAME` and `${NAME}`. */
function expanded(value: string, environment: ReadonlyMap<string, string>): string {
  return value.replace(/^\$(?:\((\w+)\)|\{(\w+)\}|(\w+))$/, (whole, ...names: (string | undefined)[]) => environment.get(names.slice(0, 3).find((name) => name !== undefined) ?? '') ?? whole);
}

/** vLLM takes 32k for 32000 and 32K for 32768. */
const multiples: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

function numberOf(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)([kmgKMG]?)$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * (multiples[unit] ?? 1);
}
