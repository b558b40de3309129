import { modeInWords } from '../../model/index.ts';
import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';

/** Paused downwards: what was decided last, or is there if nothing was, is not undercut. Growing is allowed. */
export function enforceMode(draft: Draft): Draft {
  const { variant, recalled, supply } = draft.subject;
  if (variant.mode !== 'pausedDown') return draft;
  const kept = recalled.desired ?? supply.current;
  if (draft.trail.at >= kept) return draft;
  const what = recalled.desired === undefined ? 'there' : 'decided last';
  return { ...draft, trail: step(draft.trail, kept, 'PausedDown', () => `${modeInWords(variant)}, so nothing is removed from the ${replicas(kept)} ${what}.`) };
}
