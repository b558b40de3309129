/** A column of a table on a terminal. */
export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'right';
  /** Longer texts are cut, with an ellipsis. */
  readonly widest?: number;
}

/** Paints a finished cell or line; the plain text where there is no colour. */
export type Paint = (text: string) => string;

export interface Row {
  readonly cells: readonly string[];
  readonly paint?: Paint;
}

/** Lines of a table, each column as wide as its widest cell. */
export function drawTable(columns: readonly Column[], rows: readonly Row[], paintTitle: Paint = (text) => text, indent = ''): readonly string[] {
  const widths = columns.map(({ title, widest = Infinity }, index) => Math.min(widest, Math.max(title.length, ...rows.map(({ cells }) => (cells[index] ?? '').length))));
  const draw = (cells: readonly string[]): string =>
    indent + columns.map(({ align }, index) => fit(cells[index] ?? '', widths[index] ?? 0, align)).join('  ').trimEnd();
  return [paintTitle(draw(columns.map(({ title }) => title))), ...rows.map(({ cells, paint = (text: string) => text }) => paint(draw(cells)))];
}

function fit(text: string, width: number, align?: 'right'): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}

/** Text in lines of at most `width` characters. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}
