/** Values under a printer column's JSONPath, as far as CRDs use it: fields, indices, `[*]` and `[?(@.a=="b")]`. */
export function jsonPathValues(object: unknown, path: string): unknown[] {
  let values: unknown[] = [object];
  for (const step of steps(path)) values = values.flatMap((value) => take(value, step));
  return values;
}

type Step = { field: string } | { index: number } | { all: true } | { filter: string[]; equals: string };

const stepPattern = /\.([^.[\]]+(?:\\\.[^.[\]]+)*)|\[['"](.+?)['"]\]|\[(-?\d+)\]|\[(\*)\]|\[\?\(@\.([^=\s]+)\s*==\s*['"](.*?)['"]\)\]/g;

function steps(path: string): Step[] {
  return [...path.matchAll(stepPattern)].map((match): Step => {
    const [, field, quoted, index, all, filter, equals] = match;
    if (field === '*' || all) return { all: true };
    if (field !== undefined) return { field: field.replaceAll('\\.', '.') };
    if (quoted !== undefined) return { field: quoted };
    if (index !== undefined) return { index: Number(index) };
    return { filter: (filter ?? '').split('.'), equals: equals ?? '' };
  });
}

function take(value: unknown, step: Step): unknown[] {
  const one = (found: unknown): unknown[] => (found === undefined ? [] : [found]);
  if ('field' in step) return typeof value === 'object' && value !== null ? one((value as Record<string, unknown>)[step.field]) : [];
  if ('index' in step) return Array.isArray(value) ? one((value as unknown[]).at(step.index)) : [];
  const list = typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [];
  if ('all' in step) return list;
  return list.filter((item) => step.filter.reduce<unknown>((found, name) => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined), item) === step.equals);
}
