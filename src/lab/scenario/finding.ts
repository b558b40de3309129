export type Path = readonly (string | number)[];

/** What is wrong at a place of a scenario. `key`: the place is this key of it. */
export interface Finding {
  readonly path: Path;
  readonly key?: string;
  readonly message: string;
}
