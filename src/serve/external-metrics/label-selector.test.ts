import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesSelector, parseLabelSelector } from './label-selector.ts';

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

// What a genuine aggregated API server (prometheus-adapter 0.12.0) answers to each of these.
describe('a selector that cannot be read', () => {
  it.each([
    ['a<x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['(', "found '(', expected: !, identifier, or 'end of string'"],
    ['a notin', "unable to parse requirement: found '' expected: '('"],
    ['a!', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=!b', "unable to parse requirement: found '!', expected: identifier"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (b)c', "found 'c', expected: ',' or 'end of string'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (!)', "unable to parse requirement: found '!', expected: ',', ')' or identifier"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": name part ${nameRule}`],
    ['é=b', `unable to parse requirement: <nil>: Invalid value: "é": name part ${nameRule}`],
    ['/b=c', 'unable to parse requirement: <nil>: Invalid value: "/b": prefix part must be non-empty'],
    ['a/b/c=d', `unable to parse requirement: <nil>: Invalid value: "a/b/c": a qualified name ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
    [
      'A_/b=c',
      "unable to parse requirement: <nil>: Invalid value: \"A_/b\": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    [
      'a=-b',
      "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [`${'x'.repeat(64)}=b`, `unable to parse requirement: <nil>: Invalid value: "${'x'.repeat(64)}": name part must be no more than 63 characters`],
    [`a=${'x'.repeat(64)}`, `unable to parse requirement: values[0][a]: Invalid value: "${'x'.repeat(64)}": must be no more than 63 characters`],
  ])('%s', (text, message) => {
    expect(parseLabelSelector(text)).toEqual({ ok: false, message });
  });
});

describe('a selector', () => {
  const decode = { target_name: 'decode', target_kind: 'Deployment', accelerator_type: 'A100' };
  // What prometheus-adapter answers: a label that is not there counts as empty.
  it.each([
    ['', true],
    ['target_name=decode,target_kind=Deployment', true],
    ['target_name==decode', true],
    [' target_name = decode ', true],
    ['target_name!=decode', false],
    ['target_name in (decode,x)', true],
    ['target_name notin (decode)', false],
    ['target_name in ()', false],
    ['target_name=', false],
    ['accelerator_type', true],
    ['!accelerator_type', false],
    ['nope', false],
    ['!nope', true],
    ['nope==', true],
    ['nope!=', false],
    ['nope in (,b)', true],
    ['nope in (b,,c)', true],
    ['x in (in,notin)', false],
    ['in=notin', false],
    ['target_kind=Deployment,!nope,accelerator_type in (H100, A100)', true],
  ])('%s: %s', (text, expected) => {
    const selector = parseLabelSelector(text);
    expect(selector.ok).toBe(true);
    if (selector.ok) expect(matchesSelector(selector.requirements, (key) => decode[key as keyof typeof decode] ?? '')).toBe(expected);
  });

  it('compares numbers', () => {
    const matches = (text: string, value: string): boolean => {
      const selector = parseLabelSelector(text);
      return selector.ok && matchesSelector(selector.requirements, () => value);
    };
    expect([matches('a>1', '2'), matches('a>1', '1'), matches('a<1', '-1'), matches('a>1', 'x'), matches('a>1', '')]).toEqual([true, false, true, false, false]);
  });
});

// A second, slower reading of the same language: each requirement as a function, made together with its text.
const word = fc.constantFrom('a', 'b', 'decode', 'in', 'notin', 'A-1_b.c', '0');
const labelled = fc.constantFrom('a', 'b', 'in', 'example.com/c', 'target_name');
const space = fc.constantFrom('', ' ', '\t ');
type Meaning = (labels: ReadonlyMap<string, string>) => boolean;
const value = (labels: ReadonlyMap<string, string>, key: string): string => labels.get(key) ?? '';
const requirement: fc.Arbitrary<{ text: string; meaning: Meaning }> = fc.oneof(
  fc.tuple(labelled, fc.constantFrom('=', '=='), fc.option(word, { nil: '' }), space).map(([key, sign, wanted, s]) => ({
    text: `${key}${s}${sign}${s}${wanted}`,
    meaning: (labels: ReadonlyMap<string, string>) => value(labels, key) === wanted,
  })),
  fc.tuple(labelled, fc.option(word, { nil: '' }), space).map(([key, wanted, s]) => ({
    text: `${s}${key}${s}!=${s}${wanted}`,
    meaning: (labels: ReadonlyMap<string, string>) => value(labels, key) !== wanted,
  })),
  fc.tuple(labelled, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1, maxLength: 4 }), space).map(([key, operator, words, s]) => ({
    text: `${key} ${operator}${s}(${words.join(`${s},${s}`)})`,
    meaning: (labels: ReadonlyMap<string, string>) => (operator === 'in') === new Set<string>(words).has(value(labels, key)),
  })),
  fc.tuple(labelled, fc.boolean()).map(([key, wanted]) => ({
    text: `${wanted ? '' : '!'}${key}`,
    meaning: (labels: ReadonlyMap<string, string>) => (value(labels, key) !== '') === wanted,
  })),
);

it('means what its parts mean, all together', () => {
  const labels = fc.dictionary(labelled, word).map((record) => new Map(Object.entries(record)));
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), labels, (requirements, labels) => {
      const selector = parseLabelSelector(requirements.map(({ text }) => text).join(','));
      expect(selector.ok, JSON.stringify(selector)).toBe(true);
      if (!selector.ok) return;
      expect(matchesSelector(selector.requirements, (key) => value(labels, key))).toBe(requirements.every(({ meaning }) => meaning(labels)));
    }),
    { numRuns: 1000 },
  );
});

it('is either read or refused, whatever it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('a', ' ', '=', '!', '(', ')', ',', 'in', 'notin', '<', '>')).map((parts) => parts.join(''))), (text) => {
      const selector = parseLabelSelector(text);
      expect(selector.ok ? '' : selector.message).not.toBe(undefined);
    }),
  );
});
