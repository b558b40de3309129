import { distance } from 'fastest-levenshtein';

/** Names that somebody may have meant: at most three, the nearest first. */
export function nearNames(name: string, names: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return names
    .map((known) => ({ known, apart: known.toLowerCase().startsWith(wanted) || known.includes(wanted) ? 0 : distance(wanted, known.toLowerCase()) }))
    .filter(({ apart }) => apart <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.apart - b.apart)
    .slice(0, 3)
    .map(({ known }) => known);
}

/** `There is no policy "hap". Did you mean hpa?` */
export function thereIsNo(what: string, name: string, names: readonly string[], list: string): string {
  const near = nearNames(name, names);
  return `There is no ${what} ${JSON.stringify(name)}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `${list} shows what there is.`}`;
}
