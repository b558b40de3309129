import { quoted } from './line-format.ts';
import type { LineFormat, ReadLine } from './line-format.ts';
import { createPrefixTree } from './prefix-tree.ts';

/** Tokens of one block of `hash_ids`. */
const blockTokens = 512;

/**
 * Mooncake (github.com/kvcache-ai/Mooncake): JSON lines with `timestamp` in milliseconds, `input_length`, `output_length` and `hash_ids`, one id for each block of 512 tokens
 * of the prompt together with all before it; two prompts begin alike for as many blocks as their first ids agree.
 */
export function mooncakeFormat(): LineFormat {
  const tree = createPrefixTree();
  let ids: readonly number[] = [];
  let promptTokens = 0;

  return {
    line(text): ReadLine {
      let record: unknown;
      try {
        record = JSON.parse(text);
      } catch {
        return { problem: `${quoted(text)} is not JSON, expected an object with timestamp, input_length, output_length and hash_ids` };
      }
      if (typeof record !== 'object' || record === null || Array.isArray(record)) return { problem: 'this is not an object, expected one with timestamp, input_length, output_length and hash_ids' };
      const { timestamp, input_length: input, output_length: output, hash_ids: hashes = [] } = record as Record<string, unknown>;
      if (typeof timestamp !== 'number' || timestamp < 0) return { problem: `timestamp is ${told(timestamp)}, expected milliseconds` };
      if (!isCount(input) || input === 0) return { problem: `input_length is ${told(input)}, expected a whole number of tokens from 1` };
      if (!isCount(output)) return { problem: `output_length is ${told(output)}, expected a whole number of tokens` };
      if (!Array.isArray(hashes) || !hashes.every((id) => typeof id === 'number')) return { problem: `hash_ids is ${told(hashes)}, expected a list of numbers` };
      if (output === 0) return 'failed';
      ids = hashes;
      promptTokens = input;
      return { atMs: timestamp, promptTokens: input, generationTokens: output };
    },
    kept: () => tree.add(ids, promptTokens),
    prefixes: () => tree.finish(blockTokens),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

function told(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}
