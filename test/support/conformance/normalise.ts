const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/(resourceVersion"?: )"?\d+"?/g, '$1<rv>'],
  [/(Resource Version:\s+)\d+/g, '$1<rv>'],
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/\b10\.(0|96)\.\d+\.\d+\b/g, '<ip>'],
  [/\bmade-[a-z0-9]{5}\b/g, 'made-<suffix>'],
  // ages: whole words of the forms 5s, 2m3s, 4h
  [/(?<=\s|^|")(\d+[smhdy]){1,2}(?=\s|$|")/gm, '<age>'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
];

/** What a client saw, without what differs from run to run: times, uids, revisions, addresses, widths of columns. */
export function normaliseText(text: string): string {
  let result = text;
  for (const [pattern, word] of replacements) result = result.replaceAll(pattern, word);
  return result.replaceAll(/[ \t]{2,}/g, '  ').replaceAll(/[ \t]+$/gm, '').trim();
}

/** JSON with its fields in order, then as text. A stream of documents is normalised line by line. */
export function normaliseBody(text: string): string {
  const documents = text.trim().split('\n');
  try {
    return documents.map((line) => JSON.stringify(settled(JSON.parse(line) as unknown), undefined, 1)).map(normaliseText).join('\n');
  } catch {
    try {
      return normaliseText(JSON.stringify(settled(JSON.parse(text) as unknown), undefined, 1));
    } catch {
      return normaliseText(text);
    }
  }
}

const opaque = new Set(['resourceVersion', 'continue']);

function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const entries = Object.keys(fields)
    .toSorted()
    .filter((name) => !(name === 'description' && 'priority' in fields)) // words of table columns are each server's own
    .filter((name) => name !== 'storageVersionHash')
    .map((name) => [name, opaque.has(name) ? `<${name}>` : name === 'managedFields' ? managers(fields[name]) : settled(fields[name])] as const);
  return Object.fromEntries(entries);
}

/** Within a second, managers stand in the order of their writes or of their names; which it is hangs on the second. */
function managers(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const order = (entry: unknown): string => ['operation', 'manager', 'subresource', 'apiVersion'].map((name) => (entry as Record<string, string | undefined>)[name] ?? '').join(' ');
  return value.map(settled).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** kubectl explain without the descriptions: names, types and what is required. */
export function withoutWords(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^ {4}/.test(line) || line.includes('\t'))
    .join('\n')
    .replaceAll(/\n\s*\n+/g, '\n')
    .replaceAll(/^DESCRIPTION:.*$/gm, '');
}
