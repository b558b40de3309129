import type { VariantMemory } from '../../model/index.ts';
import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';
import type { Cut } from './share-out.ts';

/**
 * The way from what was wished for to what is given. What is remembered as recommended is what was given: a wish that found no room is made anew while it lasts.
 * @param own what this variant was cut by, `model` what the first of its group was, `other` what the first of those was that do the other stage of the same requests
 */
export function told(first: Draft, last: Draft, own: Cut | undefined, model: Cut, other: Cut | undefined): Draft {
  const { at } = last.trail;
  if (at === first.trail.at) return first;
  const isLess = at < first.trail.at;
  const isCut = isLess && own !== undefined;
  const trail = isLess && !isCut && other !== undefined ? step(first.trail, at, other.by.reason, () => `${replicas(at)}, for those that do the other stage of the requests have no room for more (${other.by.words()}), and pass no more.`) : isCut ? step(first.trail, at, own.by.reason, () => cutInWords(first, at, own)) : step(first.trail, at, 'InPlaceOfOther', () => `${replicas(at)}, for another variant of the model has no room (${model.by.words()}).`);
  return { ...last, trail, held: first.held, window: within(last.window ?? [], at) };
}

/** That window with no more than so many in it. */
export function within(window: VariantMemory['recommendations'], most: number): VariantMemory['recommendations'] {
  return window.map((past) => ({ ...past, replicas: Math.min(past.replicas, most) }));
}

function cutInWords(draft: Draft, at: number, { by, others, kept }: Cut): string {
  const { variant, supply } = draft.subject;
  const each = variant.acceleratorCount > 1 ? ` of ${variant.acceleratorCount} accelerators` : '';
  const shared = others > 0 ? `, which ${others === 1 ? 'another model asks' : `${others} other models ask`} for too` : '';
  const given = Math.max(0, at - supply.current);
  const keeps = kept === true ? ', and what is free is kept for who comes first' : '';
  return `${by.words()}${shared}${keeps}: ${given === 0 ? 'none' : given} of the ${draft.trail.at - supply.current} more${each} that are called for.`;
}
