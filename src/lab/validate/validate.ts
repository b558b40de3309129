import { tapeClaims, tapeFolders } from '../fit/index.ts';
import type { Claim } from './claim.ts';
import { publishedClaims } from './published-claims.ts';
import { theoryClaims } from './theory-claims.ts';

/** Claims of one kind, under a heading. */
export interface ClaimGroup {
  readonly title: string;
  /** What is held against what, and by which rule. */
  readonly about: string;
  readonly claims: readonly Claim[];
  /** Why there are none. */
  readonly skipped?: string;
}

export interface ValidateOptions {
  /** Folder with recordings of genuine servers; without it what leans on them is skipped, and says so. */
  readonly tapes?: string;
  /** Called before each group is worked out. */
  readonly onGroup?: (title: string) => void;
}

/** Holds the simulated servers against recordings of a genuine one, published runs and queueing theory. Repeatable to the digit. */
export function validate({ tapes, onGroup = () => undefined }: ValidateOptions): readonly ClaimGroup[] {
  const groups: ClaimGroup[] = [];
  const add = (title: string, about: string, claims: () => readonly Claim[]): void => {
    onGroup(title);
    groups.push({ title, about, claims: claims() });
  };
  const tapesTitle = 'The genuine scheduler';
  const tapesAbout = 'A server\'s parameters are fitted on some stages or some recordings of it, and the model must predict the others: '
    + 'requests completed a minute within 5 %, median TPOT within 15 %, median TTFT within 20 % or 50 ms, its P90 within 30 %, P90 of the end-to-end time within 20 %, '
    + 'peak queue within 20 % or 3, preemptions within a factor of 1.4 or 5.';
  if (tapes === undefined) groups.push({ title: tapesTitle, about: tapesAbout, claims: [], skipped: 'No recordings were given: --tapes FOLDER.' });
  else if (tapeFolders(tapes).length === 0) groups.push({ title: tapesTitle, about: tapesAbout, claims: [], skipped: `There are no recordings in ${tapes}.` });
  else add(tapesTitle, tapesAbout, () => tapeClaims(tapes));
  add(
    'Published runs',
    'The staged ramp of the published SLO-aware loop (llm-d guide, 2026-07), ten seeds, within 5 points of attainment and half a replica of what was published; '
      + 'static fleets that are too small within 10 points of an independent simulation; facts about one replica.',
    () => publishedClaims(),
  );
  add('Queueing theory', 'Engines so plain that a classical queue describes them: the theory\'s mean must lie in the 95 % confidence interval of twenty runs.', () => theoryClaims());
  return groups;
}
