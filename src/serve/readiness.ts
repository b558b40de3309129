export interface Readiness {
  readonly ready: boolean;
  /** For people: what is being waited for. */
  readonly because?: string;
}
