/** One requirement of a label selector. `exists` and `absent` have no values. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

const requirement =
  /^\s*(?:!\s*(?<absent>[^\s!=,()]+)|(?<key>[^\s!=,()]+)(?:\s*(?<equality>==|=|!=)\s*(?<value>[^\s!=,()]*)|\s+(?<set>in|notin)\s*\((?<values>[^()]*)\))?)\s*(?:,|$)/;

/** A selector as `status.selector` of a scale writes it (`app=a,tier!=b,zone in (x,y),!old`), or `undefined` if it is not one. */
export function parseLabelSelector(text: string): Requirement[] | undefined {
  const requirements: Requirement[] = [];
  for (let rest = text; rest.trim() !== ''; ) {
    const match = requirement.exec(rest);
    if (!match?.groups) return undefined;
    const { absent, key, equality, value, set, values } = match.groups;
    if (absent) requirements.push({ key: absent, operator: 'absent', values: [] });
    else if (key && set) requirements.push({ key, operator: set === 'in' ? 'in' : 'notin', values: (values ?? '').split(',').map((one) => one.trim()) });
    else if (key && equality) requirements.push({ key, operator: equality === '!=' ? 'notin' : 'in', values: [value ?? ''] });
    else if (key) requirements.push({ key, operator: 'exists', values: [] });
    rest = rest.slice(match[0].length);
  }
  return requirements;
}

/** Kubernetes' rule: `notin` and `!=` also hold where the label is absent. */
export function matchesLabels(requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean {
  return requirements.every((requirement) => tests[requirement.operator](labels[requirement.key], requirement.values));
}

const tests: Readonly<Record<Requirement['operator'], (value: string | undefined, values: readonly string[]) => boolean>> = {
  in: (value, values) => value !== undefined && values.includes(value),
  notin: (value, values) => value === undefined || !values.includes(value),
  exists: (value) => value !== undefined,
  absent: (value) => value === undefined,
};
