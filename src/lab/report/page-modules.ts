import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';

/** Modules of the page as an import map can hold them: their types stripped, their imports of each other by bare names. */
export interface PageModules {
  readonly imports: Readonly<Record<string, string>>;
  /** What the page begins with. */
  readonly entry: string;
}

const folder = new URL('page/', import.meta.url);

/** Reads `page/*.ts`. Nothing is bundled: a browser loads modules from `data:` addresses as from files. */
export function pageModules(): PageModules {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts')).toSorted();
  const imports = Object.fromEntries(files.map((file) => {
    const source = quietly(() => stripTypeScriptTypes(readFileSync(new URL(file, folder), 'utf8')));
    const linked = source.replaceAll(/(from\s+)'\.\/([\w-]+)\.ts'/g, "$1'page/$2'");
    return [nameOf(file), `data:text/javascript;base64,${Buffer.from(linked).toString('base64')}`];
  }));
  return { imports, entry: nameOf('main.ts') };
}

function nameOf(file: string): string {
  return `page/${file.replace(/\.ts$/, '')}`;
}

/** Node calls its own stripping of types, which runs this whole program, an experiment when it is asked for by name. */
function quietly<T>(work: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** ECharts as one script that sets the global name `echarts`. */
export function plottingLibrary(): string {
  return readFileSync(createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js'), 'utf8');
}
