import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { Finding, Path } from './finding.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** What the validator found, as sentences for people: what is there, and what was expected. */
export function tellIssue(issue: z.core.$ZodIssue, data: unknown, schema: Schema): readonly Finding[] {
  const path = issue.path as Path;
  const found = valueAt(data, path);
  const is = found === undefined ? 'is missing' : found === null ? 'is empty' : `is ${told(found)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path, key, message: unknownKey(key, knownKeys(schema, data, path)) }));
    case 'invalid_type':
      return [{ path, message: `${is}, expected ${kindOf(issue.expected)}` }];
    case 'invalid_value':
      return [{ path, message: `${is}, expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}` }];
    case 'too_small':
      if (issue.origin === 'array') return [{ path, message: 'is empty, expected at least one entry' }];
      if (issue.origin === 'string') return [{ path, message: 'is empty, expected a text' }];
      return [{ path, message: `${is}, expected ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}` }];
    case 'too_big':
      return [{ path, message: `${is}, expected ${issue.inclusive === true ? 'at most' : 'less than'} ${issue.maximum}` }];
    case 'invalid_union': {
      const kinds = 'discriminator' in issue && issue.discriminator !== undefined ? kindsAt(schema, data, path.slice(0, -1)) : [];
      return [{ path, message: kinds.length > 0 ? `${is}, expected one of ${kinds.join(', ')}` : `${is}: ${issue.message}` }];
    }
    case 'invalid_format':
      return [{ path, message: `${is}, expected ${issue.message}` }];
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
      return [{ path, message: `${is}: ${issue.message}` }];
  }
}

/** Short enough to be read, and numbers that JSON has no text for as they are: .nan, .inf. */
function told(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function kindOf(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'string') return 'a text';
  if (expected === 'boolean') return 'true or false';
  if (expected === 'array') return 'a list';
  if (expected === 'object' || expected === 'record') return 'a mapping';
  return expected === 'number' ? 'a number' : expected;
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = known.length > 0 ? closest(key, [...known]) : undefined;
  if (near !== undefined && distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(2, key.length / 3)) return `there is no such key. Did you mean ${near}?`;
  return `there is no such key. There are ${known.join(', ')}.`;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[String(part)] : undefined), data);
}

/** The schema of a place; on the way, where there are several, the one that the `kind` there chooses. */
function schemaAt(schema: Schema, data: unknown, path: Path): Schema | undefined {
  let [at, value]: [Schema | undefined, unknown] = [schema, data];
  for (const part of path) {
    const within = chosen(at, value);
    at = (typeof part === 'number' ? within?.items : within?.properties?.[part]) as Schema | undefined;
    value = valueAt(value, [part]);
  }
  return at;
}

function chosen(schema: Schema | undefined, value: unknown): Schema | undefined {
  const several = choicesOf(schema);
  if (several.length === 0) return schema;
  const kind = valueAt(value, ['kind']);
  return several.find((choice) => kindName(choice) === kind);
}

function choicesOf(schema: Schema | undefined): readonly Schema[] {
  return schema?.oneOf ?? schema?.anyOf ?? [];
}

function kindName(choice: Schema): unknown {
  return (choice.properties?.['kind'] as Schema | undefined)?.const;
}

function knownKeys(schema: Schema, data: unknown, path: Path): readonly string[] {
  return Object.keys(chosen(schemaAt(schema, data, path), valueAt(data, path))?.properties ?? {});
}

function kindsAt(schema: Schema, data: unknown, path: Path): readonly string[] {
  return choicesOf(schemaAt(schema, data, path)).map((choice) => String(kindName(choice)));
}
