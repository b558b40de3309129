import { z } from 'zod';
import type { NamedProfile, ServingProfile } from '../../simulator/index.ts';

const positive = z.number().positive();
const notNegative = z.number().nonnegative();
const whole = z.number().int().positive();

/** Numbers of a server, as `docs/reference/profiles.md` lists them; further numbers are refinements of the law of an iteration. */
const serving = z
  .object({
    modelID: z.string().min(1),
    accelerator: z.string().min(1),
    baseMs: positive,
    perPrefillTokenMs: positive,
    perSequenceMs: notNegative,
    perResidentTokenMs: notNegative,
    networkMs: notNegative,
    maxSequences: whole,
    tokenBudget: whole,
    kvBlocks: whole,
    blockTokens: whole,
    maxModelTokens: whole,
    costPerHour: notNegative,
    engine: z.enum(['vllm', 'sglang']).optional(),
    prefixCaching: z.boolean().optional(),
  })
  .catchall(z.number());

/** A serving profile in a file, or within a scenario. */
export const profileFile = z.object({
  name: z.string().min(1).optional(),
  serving,
  acceleratorsPerReplica: whole.default(1),
  costPerHour: notNegative.optional(),
});

/** The profile that a file describes. */
export function namedProfile(file: z.output<typeof profileFile>, fallbackName: string): NamedProfile {
  const { serving: numbers, acceleratorsPerReplica, name = fallbackName } = file;
  return { name, serving: numbers as unknown as ServingProfile, acceleratorsPerReplica, costPerHour: file.costPerHour ?? numbers.costPerHour, provenance: [] };
}
