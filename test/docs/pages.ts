import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of the repository. */
export const root = new URL('../../', import.meta.url);

export function readPage(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

function pagesBelow(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root), { recursive: true })
    .map((file) => `${folder}/${String(file)}`)
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'));
}

/** Every Markdown page, by its path from the root. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...['bench', 'deploy', 'docs', 'examples', 'src', 'test'].filter((folder) => existsSync(new URL(folder, root))).flatMap(pagesBelow),
].toSorted();

export interface Link {
  /** Path from the root. */
  readonly page: string;
  /** As the renderer makes it of a heading; empty for the page as a whole. */
  readonly anchor: string;
}

/** Where a page leads within the repository. */
export function linksOf(path: string): Link[] {
  return [...readPage(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor = ''] = target.split('#');
      const url = file === '' ? new URL(path, root) : new URL(file, new URL(path, root));
      return { page: url.href.slice(root.href.length), anchor };
    });
}

/** The anchors of a page's headings. */
export function anchorsOf(path: string): string[] {
  return [...readPage(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Rows of the Markdown table below the header row, as cells without their white space. */
export function tableBelow(path: string, header: string): string[][] {
  const lines = readPage(path).split('\n');
  const start = lines.findIndex((line) => line.startsWith(header));
  if (start < 0) throw new Error(`${path} has no table that begins with ${header}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** What stands in backticks. */
export function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');
}
