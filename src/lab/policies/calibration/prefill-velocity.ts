import { createEngine, createEventQueue } from '../../../simulator/index.ts';
import type { ServingProfile } from '../../../simulator/index.ts';

const measured = new WeakMap<ServingProfile, number>();

/**
 * Prompt tokens a second that one replica prefills, as llm-d's calibrate.sh measures it (guides/recipes/router/calibration):
 * a prompt of exactly one chunk (`--max-num-batched-tokens`) on an idle server, chunk / median TTFT. The server here has no
 * noise, so one request is its own median. Published for Qwen3-32B on two H100: 15 928, and 15 375 to 15 569 in a later run.
 */
export function prefillVelocity(profile: ServingProfile): number {
  const known = measured.get(profile);
  if (known !== undefined) return known;
  const promptTokens = Math.min(profile.tokenBudget, profile.maxModelTokens - 1);
  const agenda = createEventQueue(0);
  let ttftMs = 0;
  createEngine(profile, agenda).submit({
    id: 0,
    modelID: profile.modelID,
    arrivedAtMs: 0,
    promptTokens,
    generationTokens: 1,
    onEnd: ({ firstTokenAtMs = 0, arrivedAtMs }) => {
      ttftMs = firstTokenAtMs - arrivedAtMs;
    },
  });
  agenda.runUntil(3_600_000);
  const velocity = promptTokens / (ttftMs / 1000);
  measured.set(profile, velocity);
  return velocity;
}
