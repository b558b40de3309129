import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { errorText } from '../../base/index.ts';
import { policies, PolicyError, type Policy } from '../../lab/policies/index.ts';
import { namedPolicy, traceFingerprint, type ChosenPolicy, type GridOptions } from '../../lab/runs/index.ts';
import { readScenarioFile, ScenarioError, shippedScenarios, unavailable, type ExperimentScenario } from '../../lab/scenario/index.ts';
import { thereIsNo } from './near.ts';

/** What was asked for, or every reason why it cannot be had. */
export type Chosen<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

/** A scenario, and folders where its traces may be. */
export interface ChosenScenario {
  readonly scenario: ExperimentScenario;
  readonly folders: readonly string[];
  /** Whether it was asked for by its name, and not by a pattern or by asking for all. */
  readonly named: boolean;
}

function matcher(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`)).join('.*')}$`);
}

/** Those that were named, and those that the environment names. */
export function traceFolders(flags: readonly string[] = []): readonly string[] {
  const more = process.env['WVA_TRACES'];
  return more === undefined || more === '' ? flags : [...flags, ...more.split(delimiter)];
}

/** @param names Shipped scenarios, patterns of them, or files; none for every shipped one. */
export function chooseScenarios(names: readonly string[], folders: readonly string[]): Chosen<readonly ChosenScenario[]> {
  const shipped = shippedScenarios();
  const problems: string[] = [];
  const chosen = new Map<string, ChosenScenario>();
  const add = (scenario: ExperimentScenario, named: boolean, more: readonly string[] = []): void => {
    chosen.set(scenario.name, { scenario, folders: [...more, ...folders], named });
  };
  if (names.length === 0) for (const scenario of shipped) add(scenario, false);
  for (const name of names) {
    const known = shipped.filter((scenario) => matcher(name).test(scenario.name));
    for (const scenario of known) add(scenario, scenario.name === name);
    if (known.length > 0) continue;
    if (!existsSync(name)) {
      const isFile = /\.ya?ml$|[/\\]/.test(name);
      problems.push(isFile ? `There is no file ${name}; expected a scenario in YAML.` : thereIsNo('scenario', name, shipped.map((scenario) => scenario.name), 'wva lab list scenarios'));
      continue;
    }
    try {
      add(readScenarioFile(name), true, [dirname(name)]);
    } catch (error) {
      problems.push(error instanceof ScenarioError ? error.message : `The scenario ${name} could not be read: ${errorText(error)}.`);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: [...chosen.values()] };
}

/** Scenarios whose traces are there, and a sentence for each of the others. */
export function withTraces(chosen: readonly ChosenScenario[]): { scenarios: readonly ChosenScenario[]; missing: readonly { sentence: string; named: boolean }[] } {
  const missing = chosen.flatMap(({ scenario, folders, named }) => {
    const why = unavailable(scenario, folders);
    return why === undefined ? [] : [{ name: scenario.name, sentence: `${scenario.name} is not played: ${why}`, named }];
  });
  const names = new Set(missing.map(({ name }) => name));
  return { scenarios: chosen.filter(({ scenario }) => !names.has(scenario.name)), missing };
}

/** The scenarios as a grid takes them, with a fingerprint of the traces that they play. */
export function scenariosOfGrid(chosen: readonly Pick<ChosenScenario, 'scenario' | 'folders'>[]): GridOptions['scenarios'] {
  return chosen.map(({ scenario, folders }) => {
    const traces = traceFingerprint(scenario, folders);
    return { scenario, traceFolders: folders, ...(traces !== undefined && { traces }) };
  });
}

/** Other numbers for laws, by the law's name. */
export type Settings = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** @param texts `policy.setting=value` */
export function readSettings(texts: readonly string[]): Chosen<Settings> {
  const settings = new Map<string, Record<string, number>>();
  const problems: string[] = [];
  for (const text of texts) {
    const [, policy, setting, value] = /^(.+)\.([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
    if (policy === undefined || setting === undefined || value === undefined || !Number.isFinite(Number(value))) {
      problems.push(`--set is ${JSON.stringify(text)}, and must be a policy, one of its settings and a number, such as slo-aware.upThreshold=0.5.`);
      continue;
    }
    settings.set(policy, { ...settings.get(policy), [setting]: Number(value) });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: settings };
}

/**
 * The policies that were asked for; those that refuse a scenario are among them, so that it can be said, save for points of the bound that a pattern finds.
 *
 * @param names Policies or patterns of them; none for every one.
 */
export function choosePolicies(names: readonly string[], settings: Settings, scenario: ExperimentScenario): Chosen<readonly ChosenPolicy[]> {
  const everyone = [...policies(scenario), ...policies().filter(({ family }) => family !== 'static')];
  const known = new Map<string, Policy>();
  for (const policy of everyone) {
    // a point of the bound refuses where it is the same plan as another: nothing that anybody misses
    if (!known.has(policy.name) && (policy.family !== 'bound' || policy.refuses(scenario) === undefined)) known.set(policy.name, policy);
  }
  const problems: string[] = [];
  const wanted = new Set<string>(names.length === 0 ? known.keys() : []);
  for (const name of names) {
    const matching = [...known.keys()].filter((each) => matcher(name).test(each));
    for (const each of matching) wanted.add(each);
    if (matching.length > 0) continue;
    // such as static-40, or a point of the bound: found by name, and in no list
    if (isPolicy(name)) wanted.add(name);
    else problems.push(thereIsNo('policy', name, [...known.keys()], 'wva lab list policies'));
  }
  for (const policy of settings.keys()) if (!wanted.has(policy)) problems.push(`--set names ${policy}, which is not among the policies that are to run.`);
  const chosen: ChosenPolicy[] = [];
  for (const law of wanted) {
    try {
      const own = settings.get(law) ?? {};
      chosen.push({ law, settings: own, policy: namedPolicy(law, own) });
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      problems.push(sentence(error.message));
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: chosen };
}

function isPolicy(name: string): boolean {
  try {
    namedPolicy(name, {});
    return true;
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
