// The floors: a folder under src may import only what stands in its list (ARCHITECTURE.md has the same
// table with the reasons). `test` and `bench` may import anything.
const floors = {
  base: [],
  model: ['base'],
  wire: ['base'],
  decide: ['model', 'base'],
  config: ['model', 'wire', 'base'],
  runtime: ['base'],
  kubernetes: ['runtime', 'wire', 'base'],
  prometheus: ['runtime', 'wire', 'model', 'base'],
  observe: ['prometheus', 'kubernetes', 'runtime', 'model', 'wire', 'base'],
  act: ['kubernetes', 'runtime', 'model', 'wire', 'base'],
  serve: ['kubernetes', 'runtime', 'model', 'wire', 'base'],
  record: ['decide', 'runtime', 'model', 'base'],
  controller: ['observe', 'decide', 'act', 'config', 'kubernetes', 'prometheus', 'runtime', 'model', 'wire', 'base'],
  simulator: ['runtime', 'wire', 'base'],
  lab: ['simulator', 'controller', 'record', 'serve', 'act', 'observe', 'decide', 'config', 'prometheus', 'kubernetes', 'runtime', 'model', 'wire', 'base'],
};
const lists = { ...floors };
// Folders that may be entered by any file; every other one is entered through its index.ts.
const open = ['base', 'model'];

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-orphans-of-dependencies',
      comment: 'What production code imports must stand in dependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    ...Object.entries(lists).map(([folder, allowed]) => ({
      name: `floor-${folder}`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '[.]test[.]ts$' },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
    })),
    {
      name: 'through-the-door',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/([^/]+)/', pathNot: ['^src/$1/', '/index[.]ts$', ...open.map((name) => `^src/${name}/`)] },
    },
    {
      name: 'pure-floors-know-no-platform',
      severity: 'error',
      from: { path: '^src/(base|model|wire|decide)/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], conditionNames: ['import', 'node', 'default'] },
  },
};
