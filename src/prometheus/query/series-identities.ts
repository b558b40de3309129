import type { SeriesIdentity } from '../engines/page-series.ts';
import { identityLabels } from './match.ts';

export type Labels = Readonly<Record<string, string>>;

const isIdentity: ReadonlySet<string> = new Set(identityLabels);

/** Of all labels of a series those that tell whose it is, as a text too, and those that are its own. */
export function splitLabels(all: Labels): { readonly key: string; readonly identity: Labels; readonly own: Labels } {
  const identity: Record<string, string> = {};
  const own: Record<string, string> = {};
  for (const name of identityLabels) {
    const value = all[name];
    if (value !== undefined) identity[name] = value;
  }
  for (const name in all) if (!isIdentity.has(name) && name !== '__name__') own[name] = all[name] as string;
  return { key: JSON.stringify(identity), identity, own };
}

/** Names with labels of their own, each known by a number: half a million series of one fleet are a few dozen of them. */
export interface Identities {
  /** The number of labels. The same labels are one object for all names. */
  labels(labels: Labels): number;
  /** The number of a name with such labels. */
  of(name: string, labels: number): number;
  at(number: number): SeriesIdentity;
}

export function createIdentities(): Identities {
  const labelSets: Labels[] = [];
  const labelNumbers = new Map<string, number>();
  const identities: SeriesIdentity[] = [];
  const numbers = new Map<string, number>();
  return {
    labels(labels) {
      const text = JSON.stringify(labels);
      let number = labelNumbers.get(text);
      if (number === undefined) labelNumbers.set(text, (number = labelSets.push(labels) - 1));
      return number;
    },
    of(name, labels) {
      const text = `${labels} ${name}`;
      let number = numbers.get(text);
      if (number === undefined) numbers.set(text, (number = identities.push({ name, labels: labelSets[labels] as Labels }) - 1));
      return number;
    },
    at: (number) => identities[number] as SeriesIdentity,
  };
}
