/** What somebody asked for cannot be done: every reason at once. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
