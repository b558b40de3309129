import type { Policy } from '../../model/index.ts';
import type { Analysis } from './analysis.ts';
import type { Group } from './group.ts';
import { analyzeSaturation } from './saturation.ts';

/** What stands in for an analyzer that has nothing to go by: the percentages, which need none. Why it does is among the figures. */
export function byUse(group: Group, policy: Policy, because: string): Analysis | undefined {
  const analysis = analyzeSaturation(group, policy);
  return analysis && { ...analysis, figures: () => `${analysis.figures()}; by use, since ${because}` };
}
