import { wrap } from '../lab/columns.ts';

const width = 130;
/** Stands for a space at which no line may end. */
const tied = '\u0001';

/** The text as one word for who breaks lines: a number and its unit stay together. */
export function together(text: string): string {
  return text.replaceAll(' ', tied);
}

/** A sentence on as many lines as it needs, those after the first set in further. */
export function paragraph(text: string, indent = '  '): string[] {
  const [first = '', ...rest] = wrap(text, width, indent).map((line) => line.replaceAll(tied, ' '));
  return [first, ...rest.map((line) => `  ${line}`)];
}
