import { assert, nat, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { shortText } from './short-text.ts';

it.each([
  ['Short enough.', 20, 'Short enough.'],
  ['One sentence that is it. Another one that is too long.', 30, 'One sentence that is it.'],
  ['No. This sentence is much too long for what there is.', 30, 'No. This sentence is much too…'],
  ['Use of 0.75 and 3.5 waiting per replica of them all', 30, 'Use of 0.75 and 3.5 waiting…'],
])('%j in %d characters', (text, most, short) => expect(shortText(text, most)).toBe(short));

it('never is longer than it may be', () => {
  assert(property(string({ maxLength: 400 }), nat(200), (text, most) => shortText(text, most + 10).length <= most + 10));
});
