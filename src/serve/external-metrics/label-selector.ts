import { invalidKey, invalidValue } from './label-syntax.ts';

/** One requirement of a selector. An absent label counts as an empty value, as in Prometheus and so in its adapter. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'missing' | 'greater' | 'less';
  /** Of `in` (`=` and `==` too) and `notin` (`!=` too); one number of `greater` and `less`. */
  readonly values: readonly string[];
}

export type ParsedSelector = { readonly ok: true; readonly requirements: readonly Requirement[] } | { readonly ok: false; readonly message: string };

/** Reads a Kubernetes label selector. A message is worded as API servers word it. */
export function parseLabelSelector(text: string): ParsedSelector {
  try {
    return { ok: true, requirements: readSelector(tokensOf(text)) };
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, message: error.message };
    throw error;
  }
}

/** `valueOf` says '' for a label that is not there. */
export function matchesSelector(requirements: readonly Requirement[], valueOf: (key: string) => string): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = valueOf(key);
    switch (operator) {
      case 'in':
        return values.includes(value);
      case 'notin':
        return !values.includes(value);
      case 'exists':
        return value !== '';
      case 'missing':
        return value === '';
      case 'greater':
        return /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0] ?? 0);
      case 'less':
        return /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0] ?? 0);
    }
  });
}

class SelectorError extends Error {}

interface Token {
  readonly kind: 'word' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '<' | '>' | 'end' | 'nonsense';
  readonly text: string;
}

const symbols = new Set(['(', ')', ',', '!', '=', '==', '!=', '<', '>']);

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [found] of text.matchAll(/[=!(),<>]+|[^ \t\r\n=!(),<>]+/g)) {
    if (!/^[=!(),<>]/.test(found)) {
      tokens.push({ kind: 'word', text: found });
      continue;
    }
    // a run of symbols is cut from the left into the longest known ones
    for (let at = 0; at < found.length; ) {
      const two = found.slice(at, at + 2);
      const symbol = two.length === 2 && symbols.has(two) ? two : (found[at] as string);
      tokens.push({ kind: symbol as Token['kind'], text: symbol });
      at += symbol.length;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function readSelector(tokens: readonly Token[]): Requirement[] {
  let at = 0;
  const peek = (): Token => tokens[Math.min(at, tokens.length - 1)] as Token;
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };

  function requirement(): Requirement {
    const negated = peek().kind === '!';
    if (negated) take();
    const name = take();
    if (name.kind !== 'word') throw unreadable(`found '${name.text}', expected: identifier`);
    const wrongKey = invalidKey(name.text);
    if (wrongKey !== undefined) throw unreadable(`<nil>: Invalid value: ${quoted(name.text)}: ${wrongKey}`);
    const next = peek();
    if (negated) return { key: name.text, operator: 'missing', values: [] };
    if (next.kind === 'end' || next.kind === ',') return { key: name.text, operator: 'exists', values: [] };
    const { operator, many } = binaryOperator(take());
    const values = many ? valueList() : [oneValue()];
    check(name.text, operator, values);
    return { key: name.text, operator, values };
  }

  function oneValue(): string {
    const { kind } = peek();
    if (kind === 'end' || kind === ',') return '';
    const token = take();
    if (token.kind !== 'word') throw unreadable(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  function valueList(): string[] {
    const opening = take();
    if (opening.kind !== '(') throw unreadable(`found '${opening.text}' expected: '('`);
    const first = peek();
    if (first.kind === ')') {
      take();
      return [''];
    }
    if (first.kind !== 'word' && first.kind !== ',') throw unreadable(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = new Set<string>();
    for (;;) {
      const token = take();
      if (token.kind === 'word') {
        values.add(token.text);
        const after = peek();
        if (after.kind !== ',' && after.kind !== ')') throw unreadable(`found '${after.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.size === 0) values.add('');
        const after = peek().kind;
        if (after === ',' || after === ')') values.add('');
      } else {
        throw unreadable(`found '${token.text}', expected: ',', or identifier`);
      }
      if (peek().kind === ')') {
        take();
        return [...values].toSorted();
      }
    }
  }

  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek();
    if (token.kind === 'end') return requirements;
    if (token.kind !== 'word' && token.kind !== '!') throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    requirements.push(requirement());
    const after = take();
    if (after.kind === 'end') return requirements;
    if (after.kind !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
    const next = peek();
    if (next.kind !== 'word' && next.kind !== '!') throw new SelectorError(`found '${next.text}', expected: identifier after ','`);
  }
}

function binaryOperator(token: Token): { operator: Requirement['operator']; many: boolean } {
  switch (token.kind === 'word' ? token.text : token.kind) {
    case 'in':
      return { operator: 'in', many: true };
    case 'notin':
      return { operator: 'notin', many: true };
    case '=':
    case '==':
      return { operator: 'in', many: false };
    case '!=':
      return { operator: 'notin', many: false };
    case '>':
      return { operator: 'greater', many: false };
    case '<':
      return { operator: 'less', many: false };
    default:
      throw unreadable(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

function check(key: string, operator: Requirement['operator'], values: readonly string[]): void {
  for (const [index, value] of values.entries()) {
    if ((operator === 'greater' || operator === 'less') && !/^[+-]?\d+$/.test(value)) {
      throw unreadable(`values[${index}]: Invalid value: ${quoted(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
    const wrong = invalidValue(value);
    if (wrong !== undefined) throw unreadable(`values[${index}][${key}]: Invalid value: ${quoted(value)}: ${wrong}`);
  }
}

function unreadable(what: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${what}`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
