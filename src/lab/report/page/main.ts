import type { ReportScenario } from '../report-data.ts';
import { listDecisions } from './decisions.ts';
import { byId, el, fillPicker, type Choice } from './dom.ts';
import { describePareto, drawPareto } from './pareto.ts';
import { parameters } from './parameters.ts';
import { recorded, timelineAt } from './recorded.ts';
import { overviewTable, policyTable, type Sorting } from './tables.ts';
import { currentTheme, onThemeChange } from './theme.ts';
import { drawTimelines, pointAt, type ShownRun, type TimelineView } from './timelines.ts';

const data = recorded();
const pickers = {
  scenario: byId<HTMLSelectElement>('scenario'),
  policy: byId<HTMLSelectElement>('policy'),
  beside: byId<HTMLSelectElement>('beside'),
  model: byId<HTMLSelectElement>('model'),
  cost: byId<HTMLSelectElement>('cost'),
  scale: byId<HTMLSelectElement>('scale'),
};
/** What is shown stands in the address, so that it can be sent to somebody. */
const asked = new URLSearchParams(location.hash.slice(1));
let sorting: Sorting | undefined;
let drawing = 0;

function scenarioNow(): ReportScenario {
  const scenario = data.scenarios.find(({ name }) => name === pickers.scenario.value) ?? data.scenarios[0];
  if (scenario === undefined) throw new Error('There is no scenario in this report.');
  return scenario;
}

function begin(): void {
  const held = data.scenarios.filter(({ usedInDesign }) => !usedInDesign).length;
  byId('about').textContent = `${count(data.scenarios.length, 'scenario')}: ${held} held out from the design of our own engine, ${data.scenarios.length - held} used in it. `
    + `${count(data.runs, 'run')} in all; version ${data.version}.`;
  const notes = byId('notes');
  notes.hidden = data.notes.length === 0;
  notes.replaceChildren(...data.notes.map((note) => el('li', {}, note)));
  byId('overview').replaceChildren(overviewTable(data));
  fillPicker(pickers.scenario, data.scenarios.map(({ name, usedInDesign }) => ({ value: name, text: name, group: usedInDesign ? 'used in design' : 'held out' })), asked.get('scenario') ?? '');
  for (const [name, picker] of Object.entries(pickers)) {
    picker.addEventListener('change', () => {
      if (name === 'scenario') showScenario();
      else showAll();
    });
  }
  byId('every-decision').addEventListener('change', showAll);
  for (const [name, picker] of [['cost', pickers.cost], ['scale', pickers.scale]] as const) {
    const wanted = asked.get(name);
    if (wanted !== null && [...picker.options].some(({ value }) => value === wanted)) picker.value = wanted;
  }
  showScenario();
  onThemeChange(showAll);
}

/** Another scenario: other policies and models to choose from. */
function showScenario(): void {
  const scenario = scenarioNow();
  const family = (policy: string): string => data.policies[policy]?.family ?? 'peer';
  const choices: readonly Choice[] = [...scenario.rows, ...scenario.bounds].filter(({ timeline }) => timeline !== undefined).map(({ policy }) => ({ value: policy, text: policy, group: groupNames[family(policy)] ?? family(policy) }));
  // the plainest of ours: the others are its variations, and have longer names
  const ours = choices.map(({ value }) => value).filter((value) => family(value) === 'ours').toSorted((a, b) => a.length - b.length)[0] ?? choices[0]?.value ?? '';
  fillPicker(pickers.policy, choices, asked.get('policy') ?? (pickers.policy.value || ours));
  if (!choices.some(({ value }) => value === pickers.policy.value)) pickers.policy.value = ours;
  fillPicker(pickers.beside, [{ value: '', text: 'nothing' }, ...choices], asked.get('beside') ?? pickers.beside.value);
  fillPicker(pickers.model, scenario.slos.map(({ model }, index) => ({ value: String(index), text: model })), asked.get('model') ?? '0');
  byId('model-label').hidden = scenario.slos.length < 2;
  for (const name of ['policy', 'beside', 'model']) asked.delete(name);
  showAll();
}

const groupNames: Readonly<Record<string, string>> = { ours: 'this product', peer: 'published laws', static: 'static fleets', bound: 'clairvoyant plans', informed: 'rules that know the present' };

function showAll(): void {
  const scenario = scenarioNow();
  const theme = currentTheme();
  const chosen = [pickers.policy.value, pickers.beside.value].filter((name) => name !== '');
  const choose = (policy: string): void => {
    if (![...pickers.policy.options].some(({ value }) => value === policy)) return;
    pickers.policy.value = policy;
    showAll();
  };
  byId('scenario-title').textContent = scenario.title;
  byId('scenario-description').replaceChildren(...scenario.description.split(/\n{2,}/).map((paragraph) => el('p', {}, paragraph)));
  const cost = Number(pickers.cost.value) as 0 | 1 | 2;
  drawPareto(byId('pareto'), data, scenario, { cost, scale: pickers.scale.value === 'log' ? 'log' : 'linear', chosen, onChoose: choose }, theme);
  byId('pareto-caption').textContent = describePareto(scenario, cost);
  byId('table').replaceChildren(policyTable(data, scenario, chosen, sorting, {
    choose,
    sort: (wanted) => {
      sorting = wanted;
      showAll();
    },
  }));
  byId('refusals').replaceChildren(...scenario.refusals.map(({ policy, why }) => el('li', {}, `${policy} was not played: ${why}`)));
  byId('parameters').replaceChildren(...parameters(data, scenario));
  history.replaceState(null, '', `#${new URLSearchParams(Object.entries(pickers).flatMap(([name, { value }]) => (value === '' ? [] : [[name, value]]))).toString()}`);
  void showTimeline(scenario);
}

async function showTimeline(scenario: ReportScenario): Promise<void> {
  const mine = ++drawing;
  const shown = async (policy: string): Promise<ShownRun | undefined> => {
    const row = [...scenario.rows, ...scenario.bounds].find((each) => each.policy === policy);
    return row?.timeline === undefined ? undefined : { policy, timeline: await timelineAt(row.timeline) };
  };
  const [first, second] = await Promise.all([shown(pickers.policy.value), shown(pickers.beside.value)]);
  // another one was asked for while this one was read
  if (mine !== drawing) return;
  const picture = byId('timeline');
  picture.hidden = first === undefined;
  if (first === undefined) {
    byId('timeline-caption').textContent = 'No time line was kept for this scenario.';
    byId('decisions').replaceChildren();
    return;
  }
  const model = Math.min(Number(pickers.model.value) || 0, Math.max(0, first.timeline.models.length - 1));
  const slo = scenario.slos[model];
  const { seed, thinned, stepSeconds } = first.timeline;
  byId('timeline-caption').textContent = `${first.policy}${second === undefined ? '' : `, and dashed ${second.policy}`} in ${scenario.name} with seed ${seed}; one point is ${stepSeconds} s`
    + `${thinned === 1 ? '' : `, the worst latency and queue and the mean of all else of ${thinned} steps`}. Times are hours:minutes:seconds since the load began. Triangles are decisions. Drag the bar below, or pinch, to look closer.`;
  const view: TimelineView = {
    first,
    model,
    ...(second !== undefined && { second }),
    ...(slo !== undefined && { slo }),
    onCursor: (atSeconds) => {
      list.mark(atSeconds);
    },
  };
  const drawn = drawTimelines(picture, view, currentTheme());
  const list = listDecisions(byId('decisions'), first.timeline, byId<HTMLInputElement>('every-decision').checked, (atSeconds) => {
    pointAt(drawn, view, atSeconds);
  });
  byId('decisions-title').textContent = `Decisions of ${first.policy}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

begin();
