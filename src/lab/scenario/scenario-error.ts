/** Something in a scenario that cannot be. */
export interface ScenarioProblem {
  /** `models[0].variants[1].maxReplicas` */
  readonly path: string;
  /** From 1; absent where the text has no place for it. */
  readonly line?: number;
  /** What is there, and what was expected. */
  readonly message: string;
}

/** A scenario that was not read, with everything that is wrong with it. */
export class ScenarioError extends Error {
  readonly file: string;
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[]) {
    const lines = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(({ path, line, message }) => `  ${file}${line === undefined ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message}`);
    super(`The scenario ${file} was not read, ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} wrong with it:\n${lines.join('\n')}`);
    this.name = 'ScenarioError';
    this.file = file;
    this.problems = problems;
  }
}
