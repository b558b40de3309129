import type { LabelSelector, Node, NodeSelectorTerm, PodSpec } from '../../wire/index.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy a selector. An empty selector matches everything, an absent one nothing. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false;
  const plain = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return plain && (selector.matchExpressions ?? []).every((expression) => matchesExpression(expression, labels));
}

function matchesExpression({ key, operator, values = [] }: { key: string; operator: string; values?: string[] }, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** A label selector in the form of a query parameter: "app=x,tier in (a,b),!legacy". */
export function parseSelector(text: string): LabelSelector {
  const matchExpressions: NonNullable<LabelSelector['matchExpressions']> = [];
  for (const part of text.split(/,(?![^(]*\))/).map((term) => term.trim())) {
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
    const equal = /^([^\s!=]+)\s*(==?|!=)\s*(\S*)$/.exec(part);
    if (set) {
      const values = (set[3] ?? '').split(',').map((value) => value.trim());
      matchExpressions.push({ key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values });
    } else if (equal) {
      matchExpressions.push({ key: equal[1] ?? '', operator: equal[2] === '!=' ? 'NotIn' : 'In', values: [equal[3] ?? ''] });
    } else if (part.startsWith('!')) {
      matchExpressions.push({ key: part.slice(1), operator: 'DoesNotExist' });
    } else if (part !== '') {
      matchExpressions.push({ key: part, operator: 'Exists' });
    }
  }
  return { matchExpressions };
}

/** Whether a pod's node selector and required node affinity allow a node. */
export function allowsNode(spec: PodSpec | undefined, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  const selected = Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return selected && (terms === undefined || terms.some((term) => matchesTerm(term, labels)));
}

function matchesTerm(term: NodeSelectorTerm, labels: Labels): boolean {
  const expressions = term.matchExpressions ?? [];
  return expressions.length > 0 && expressions.every((expression) => matchesExpression(expression, labels));
}

/** Whether a pod tolerates the taints of a node that keep new pods away. */
export function toleratesNode(spec: PodSpec | undefined, node: Node): boolean {
  return (node.spec?.taints ?? [])
    .filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
    .every((taint) =>
      (spec?.tolerations ?? []).some(
        ({ key, operator = 'Equal', value = '', effect }) =>
          (effect === undefined || effect === '' || effect === taint.effect) &&
          ((key === undefined && operator === 'Exists') || (key === taint.key && (operator === 'Exists' || value === (taint.value ?? '')))),
      ),
    );
}
