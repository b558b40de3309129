import type { ReportData, ReportScenario } from '../report-data.ts';
import { el } from './dom.ts';

/** Everything that the runs were made with: sources, the scenario as it was read, and each law with its numbers. */
export function parameters(data: ReportData, scenario: ReportScenario): readonly Node[] {
  const names = [...scenario.rows, ...scenario.bounds].map(({ policy }) => policy);
  return [
    el('p', {}, `Drawn by version ${data.version} from ${data.runs} runs; sources of the runs: ${data.codes.map((code) => code.slice(0, 8)).join(', ')}.`),
    ...(scenario.feasibility === undefined
      ? []
      : [el('p', {}, `${scenario.feasibility.staticReplicas} replicas that never change reach ${(scenario.feasibility.attainment * 100).toFixed(2)} % in ${scenario.name}${scenario.feasibility.feasible ? '' : ': it was played though its SLOs cannot be met'}.`)]),
    ...(scenario.traceProblems.length === 0 ? [] : [el('details', {}, el('summary', {}, `What could not be used of the traces of ${scenario.name}`), el('ul', {}, ...scenario.traceProblems.map((problem) => el('li', {}, problem))))]),
    ...(scenario.parameters === undefined ? [] : [el('details', {}, el('summary', {}, `The scenario ${scenario.name}`), el('pre', { tabindex: '0' }, JSON.stringify(scenario.parameters, null, 2)))]),
    el(
      'details',
      {},
      el('summary', {}, 'The policies, their sources and settings'),
      el('dl', {}, ...names.flatMap((name) => {
        const facts = data.policies[name];
        const settings = Object.entries(facts?.settings ?? {}).map(([key, value]) => `${key} ${value}`).join(', ');
        return [el('dt', {}, name), el('dd', {}, `${facts?.title ?? ''}. ${facts?.source ?? ''}${settings === '' ? '' : ` Settings: ${settings}.`}`)];
      })),
    ),
  ];
}
