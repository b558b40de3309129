import { quoted } from './line-format.ts';

/** Where the columns of a file with a header stand. */
export type Places = ReadonlyMap<string, number>;

/** Places of columns by their name, whatever their case and order; or what is missing. */
export function placesOf(header: string, wanted: readonly string[]): Places | { readonly problem: string } {
  const names = header.split(',').map((name) => bare(name).toLowerCase());
  const missing = wanted.filter((name) => !names.includes(name.toLowerCase()));
  if (missing.length > 0) {
    return { problem: `the header ${quoted(header, 120)} has no column ${missing.join(', ')}; expected ${wanted.join(',')}` };
  }
  return new Map(wanted.map((name) => [name, names.indexOf(name.toLowerCase())]));
}

/** The fields of a line; none of the formats has a comma within a field. */
export function fieldsOf(line: string): string[] {
  const fields = line.split(',');
  return line.includes('"') ? fields.map(bare) : fields;
}

function bare(field: string): string {
  return field.trim().replace(/^"(.*)"$/, '$1');
}
