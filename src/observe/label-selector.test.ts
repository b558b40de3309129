import { expect, it } from 'vitest';
import { matchesLabels, parseLabelSelector } from './label-selector.ts';

it.each<[string, boolean | undefined]>([
  ['app=a', true],
  ['app==a,tier!=back', true],
  ['app in (a, b),zone notin (x)', true],
  ['app,!old', true],
  ['!app', false],
  ['tier=front', false],
  ['app in (b,c)', false],
  ['app=a,,', undefined],
  ['app in (a', undefined],
  ['=a', undefined],
])('%s on app=a: %s', (text, expected) => {
  const requirements = parseLabelSelector(text);
  expect(requirements && matchesLabels(requirements, { app: 'a' })).toBe(expected);
});
