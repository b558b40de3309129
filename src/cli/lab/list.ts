import { policies } from '../../lab/policies/index.ts';
import { shippedScenarios, unavailable, type ExperimentScenario } from '../../lab/scenario/index.ts';
import { servingProfiles } from '../../simulator/index.ts';
import { traceFolders } from './choose.ts';
import { drawTable } from './columns.ts';
import { span } from './figures.ts';
import { thereIsNo } from './near.ts';
import { bold, dim } from './style.ts';

interface ListFlags {
  readonly json?: boolean;
  readonly traces?: readonly string[];
}

const kinds = ['scenarios', 'policies', 'profiles'] as const;
type Kind = (typeof kinds)[number];

/** `wva lab list`. Returns the exit status. */
export function list(what: string | undefined, { json = false, traces = [] }: ListFlags): number {
  const wanted = kinds.filter((kind) => what === undefined || kind === what);
  if (wanted.length === 0) {
    process.stderr.write(`${thereIsNo('list', what ?? '', kinds, 'wva lab list --help')} It is scenarios, policies or profiles.\n`);
    return 2;
  }
  if (json) {
    process.stdout.write(`${JSON.stringify(Object.fromEntries(wanted.map((kind) => [kind, facts(kind)])), null, 2)}\n`);
    return 0;
  }
  process.stdout.write(`${wanted.map((kind) => tables[kind](traceFolders(traces)).join('\n')).join('\n\n')}\n`);
  return 0;
}

function facts(kind: Kind): unknown {
  if (kind === 'scenarios') return shippedScenarios();
  if (kind === 'profiles') return servingProfiles;
  return policies().map(({ name, family, title, source, settings }) => ({ name, family, title, source, settings }));
}

const tables: Readonly<Record<Kind, (traces: readonly string[]) => readonly string[]>> = {
  scenarios: (traces) => [
    ...drawTable(
      [{ title: 'scenario' }, { title: 'load', align: 'right' }, { title: 'what' }, { title: '' }],
      shippedScenarios().map((scenario) => {
        const missing = unavailable(scenario, traces) !== undefined;
        return { cells: [scenario.name, span(scenario.durationSeconds), scenario.title, marks(scenario, missing)], ...(missing && { paint: dim }) };
      }),
      bold,
    ),
    dim('* looked at while our own engine was designed; reports keep the others apart. Those without a trace need --traces FOLDER, or the variable WVA_TRACES.'),
  ],
  policies: () => drawTable(
    [{ title: 'policy' }, { title: 'family' }, { title: 'law' }],
    shortened().map(({ name, family, title }) => ({ cells: [name, family, title] })),
    bold,
  ),
  profiles: () => drawTable(
    [{ title: 'profile' }, { title: 'model' }, { title: 'accelerators' }, { title: 'money/h', align: 'right' }, { title: 'numbers with their origin', align: 'right' }],
    servingProfiles.map(({ name, serving, acceleratorsPerReplica, costPerHour, provenance }) => ({
      cells: [name, serving.modelID, `${acceleratorsPerReplica} × ${serving.accelerator}`, costPerHour.toFixed(2), String(provenance.length)],
    })),
    bold,
  ),
};

/** Static fleets, points of the bound and rules that know the present differ in numbers only, so each kind stands in one row. */
function shortened(): readonly { readonly name: string; readonly family: string; readonly title: string }[] {
  const all = policies();
  const points = all.filter(({ family }) => family === 'bound').map(({ name }) => name);
  const informed = all.filter(({ family }) => family === 'informed').map(({ name }) => name);
  return [
    { name: 'static-N', family: 'static', title: 'always N replicas of every variant' },
    ...all.filter(({ family }) => family === 'peer' || family === 'ours'),
    ...(points.length === 0 ? [] : [{ name: 'clairvoyant@*', family: 'bound', title: `plans that know every arrival: ${points.length} points of a curve, from ${points[0]} to ${points.at(-1)}` }]),
    ...(informed.length === 0 ? [] : [{ name: 'informed@*', family: 'informed', title: `rules that know the whole present: ${informed.length} of a kind, from ${informed[0]} to ${informed.at(-1)}` }]),
  ];
}

function marks({ usedInDesign }: ExperimentScenario, missing: boolean): string {
  return `${usedInDesign ? '*' : ''}${missing ? ' no trace' : ''}`.trim();
}
