import type * as z from 'zod';
import type { SpecShape } from './variant-autoscaling-spec.ts';

export interface FieldProblem {
  /** `spec.behavior.scaleUp.policies[0].value` */
  readonly path: string;
  /** What is wrong, without the path: `must be at least 1, and is 0`. */
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** A problem that zod found below `spec`, in words for the person who wrote the manifest. */
export function problemOf(issue: Issue): FieldProblem {
  return { path: pathOf(['spec', ...issue.path]), message: messageOf(issue) };
}

function pathOf(parts: readonly PropertyKey[]): string {
  return parts.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

function messageOf(issue: Issue): string {
  const is = issue.input === undefined ? '' : `, and is ${JSON.stringify(issue.input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}${is}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array' || issue.origin === 'object') return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${is}`;
    case 'too_big':
      if (issue.origin === 'string') return `must not be longer than ${issue.maximum} characters`;
      if (issue.origin === 'array') return `must not have more than ${issue.maximum} entries`;
      return `must be at most ${issue.maximum}${is}`;
    case 'invalid_format':
      return `must match ${issue.format === 'regex' ? (issue.pattern ?? issue.format) : issue.format}${is}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}${is}`;
    case 'invalid_union':
      // int-or-string: the reading as text tells more, unless the value is a number
      return typeof issue.input === 'number' ? `must be a whole number, or a decimal in quotes${is}` : firstMessage(issue.errors, `must be a number or text${is}`, issue.input);
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    default:
      return issue.message;
  }
}

function firstMessage(branches: readonly (readonly Issue[])[], otherwise: string, input: unknown): string {
  const first = branches[0]?.[0];
  return first === undefined || first.code === 'invalid_type' ? otherwise : messageOf({ ...first, input } as Issue);
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'record') return 'an object';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

/** Whatever is accepted because a released version accepted it, and will not work as it was surely meant. */
export function adviceOn(spec: SpecShape): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (spec.variantID !== undefined && !/^.+-[A-Za-z0-9_-]+-[1-9][0-9]*$/.test(spec.variantID))
    found.push({ path: 'spec.variantID', message: `is not of the form modelID-accelerator-count: ${JSON.stringify(spec.variantID)}` });
  for (const group of ['decodeParms', 'prefillParms'] as const)
    for (const [key, value] of Object.entries(spec.variantProfile?.perfParms[group] ?? {}))
      if (value.trim() === '' || !(Number(value) >= 0))
        found.push({ path: `spec.variantProfile.perfParms.${group}.${key}`, message: `is not a decimal that is at least 0, and is left out: ${JSON.stringify(value)}` });
  return found;
}
