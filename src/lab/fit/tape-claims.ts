import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Claim } from '../validate/claim.ts';
import { fitServer } from './fit-server.ts';
import type { FitOptions, FitSource } from './fit-server.ts';
import { predictTape } from './predict.ts';
import { readTape } from './read-tape.ts';
import { findStages } from './stages.ts';
import type { Stage } from './stages.ts';
import type { Tape } from './tape.ts';
import { claimsOf } from './tolerances.ts';

/** Stages of a recording: by the client's arrivals, or by those that the pages tell. */
export function stagesOf(tape: Tape): readonly Stage[] {
  const last = Math.max(tape.pages.at(-1)?.atSeconds ?? 0, tape.requests?.at(-1)?.atSeconds ?? 0) + 1e-3;
  const arrivals = tape.requests?.map(({ atSeconds }) => atSeconds) ?? arrivalsOfPages(tape);
  return findStages(arrivals, 0, last);
}

function arrivalsOfPages({ pages }: Tape): readonly number[] {
  return pages.flatMap((page, index) => {
    const before = pages[index - 1];
    if (before === undefined) return [];
    const came = (page.completed ?? 0) - (before.completed ?? 0) + (page.running ?? 0) + (page.waiting ?? 0) - (before.running ?? 0) - (before.waiting ?? 0);
    const step = (page.atSeconds - before.atSeconds) / Math.max(1, came);
    return Array.from({ length: Math.max(0, Math.round(came)) }, (_, one) => before.atSeconds + (one + 0.5) * step);
  });
}

/** Folders within `folder` that hold recordings, by name; none where it does not exist. */
export function tapeFolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).some((file) => file.endsWith('.prom')))
    .map(({ name }) => join(folder, name))
    .toSorted();
}

/** Whole recording as one stage. */
export function wholeOf(tape: Tape): readonly Stage[] {
  const stages = stagesOf(tape);
  const toSeconds = stages.at(-1)?.toSeconds ?? 0;
  return [{ number: 1, fromSeconds: -1, toSeconds, perSecond: 0 }];
}

/**
 * What models fitted on some recordings of a server are worth on the others: each recording predicts every other, and within each the first half of
 * its stages the second and the second the first. Recordings in one folder are taken to be of the same server.
 */
export function tapeClaims(folder: string, options: FitOptions = {}): Claim[] {
  const tapes = tapeFolders(folder).map(readTape);
  const claims: Claim[] = [];
  const predict = (title: string, sources: readonly FitSource[], tape: Tape, stages: readonly Stage[]): void => {
    const { profile } = fitServer(sources, options);
    claims.push(...claimsOf(predictTape(profile, tape, stages), title));
  };
  for (const fitted of tapes) {
    const { profile } = fitServer([{ tape: fitted, stages: wholeOf(fitted) }], options);
    for (const other of tapes) {
      if (other !== fitted) claims.push(...claimsOf(predictTape(profile, other, wholeOf(other)), `${fitted.name} predicts ${other.name}`));
    }
  }
  for (const tape of tapes) {
    const stages = stagesOf(tape);
    if (stages.length < 4) continue;
    const half = Math.ceil(stages.length / 2);
    predict(`${tape.name}, its first ${half} stages predict the others`, [{ tape, stages: stages.slice(0, half) }], tape, stages.slice(half));
    predict(`${tape.name}, its last ${stages.length - half} stages predict the others`, [{ tape, stages: stages.slice(half) }], tape, stages.slice(0, half));
  }
  return claims;
}
