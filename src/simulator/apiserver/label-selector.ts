import type { LabelSelector } from '../../wire/index.ts';
import { badRequest } from './api-error.ts';

export interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: readonly string[];
}

type Labels = Readonly<Record<string, string>> | undefined;

export function meets(requirement: Requirement, labels: Labels): boolean {
  const value = labels?.[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(requirement.values[0]);
    case 'Lt':
    default:
      return value !== undefined && Number(value) < Number(requirement.values[0]);
  }
}

export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value);
  return equal && (selector.matchExpressions ?? []).every(({ key, operator, values }) => meets({ key, operator, values: values ?? [] }, labels));
}

const setTerm = /^([^\s=!<>,()]+)\s+(in|notin)\s*\(([^)]*)\)$/;
const comparison = /^([^\s=!<>,()]+)\s*(==|=|!=|>|<)\s*([^\s=!<>,()]*)$/;

/**
 * Reads `a=b,c!=d,e in (f,g),h,!i,j>3`.
 * @throws {ApiError} 400 when it cannot be read.
 */
export function parseLabelSelector(text: string): Requirement[] {
  const requirements: Requirement[] = [];
  for (const raw of splitTerms(text)) {
    const term = raw.trim();
    if (term === '') continue;
    const set = setTerm.exec(term);
    const compared = comparison.exec(term);
    if (set) {
      requirements.push({ key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values: (set[3] ?? '').split(',').map((each) => each.trim()) });
    } else if (compared) {
      const operators = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const;
      requirements.push({ key: compared[1] ?? '', operator: operators[compared[2] as '='], values: [compared[3] ?? ''] });
    } else if (/^!?\s*[^\s=!<>,()]+$/.test(term)) {
      const absent = term.startsWith('!');
      requirements.push({ key: absent ? term.slice(1).trim() : term, operator: absent ? 'DoesNotExist' : 'Exists', values: [] });
    } else {
      throw badRequest(/\s(in|notin)$/.test(term) ? "unable to parse requirement: found '' expected: '('" : unreadable(text));
    }
  }
  return requirements;
}

function splitTerms(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function unreadable(text: string): string {
  const found = /[=!<>,()]{2,}/.exec(text)?.[0] ?? text;
  return `unable to parse requirement: found '${found}', expected: '=', '!=', '==', 'in', notin'`;
}

/** The text form of a selector, as scale subresources carry it. */
export function selectorText(selector: LabelSelector | undefined): string {
  if (!selector) return '';
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const sets = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = `(${(values ?? []).toSorted().join(',')})`;
    const texts = { In: `${key} in ${list}`, NotIn: `${key} notin ${list}`, Exists: key, DoesNotExist: `!${key}` };
    return { key, text: texts[operator] };
  });
  return [...equal, ...sets].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ text }) => text).join(',');
}
