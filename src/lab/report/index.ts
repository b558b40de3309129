import type { Results } from '../runs/index.ts';

/** What the page says about itself. */
export interface ReportOptions {
  /** Of the program that draws it. */
  readonly version: string;
  /** Sentences on what was left out. */
  readonly notes: readonly string[];
}

/** One self-contained page: pictures, tables, time lines and what the simulator cannot show. */
export function renderReport(results: Results, { version, notes }: ReportOptions): string {
  return `<!doctype html><title>${version}</title>${results.runs.length} ${notes.length}`;
}
