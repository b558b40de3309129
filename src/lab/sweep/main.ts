// Looks for better settings of every published law, and writes them to src/lab/policies/tuned.json: npm run lab:sweep
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { policyKinds, shippedSweep } from '../policies/index.ts';
import type { SweepOutcome, SweepRecord } from '../policies/index.ts';
import { fingerprint, startWorkers } from '../runs/index.ts';
import type { RunResult } from '../runs/index.ts';
import { shippedScenarios } from '../scenario/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { objective } from './objective.ts';
import { recordText } from './record-text.ts';
import { staticReference } from './static-reference.ts';
import { sweepPolicy } from './sweep.ts';
import type { Play } from './sweep.ts';

const help = `Looks for settings of published laws that are better than the published ones, over the scenarios that our own engine was
designed with, and writes what it found to src/lab/policies/tuned.json. Begins at what is published, or at what an earlier sweep found if
that is still better.

  --policy NAME    only this law; again for more of them (default: all)
  --scenario NAME  only this scenario; again for more of them (default: all that were used in design, those that play a
                   recorded trace apart)
  --seeds N        seeds for each, from 1001 on, so that reports have others (default: 2)
  --rounds N       rounds over all settings of a law (default: 2)
  --jobs N         runs at the same time (default: all cores but one)
`;

const { values: flags } = parseArgs({
  options: {
    policy: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' },
    jobs: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) process.stdout.write(help);
else await sweep();

async function sweep(): Promise<void> {
  const scenarios = shippedScenarios().filter((scenario) => scenario.usedInDesign && !playsTrace(scenario) && (flags.scenario?.includes(scenario.name) ?? true));
  const kinds = policyKinds().filter(({ name, sweep: values }) => values !== undefined && (flags.policy?.includes(name) ?? true));
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => 1001 + index);
  const workers = startWorkers(Number(flags.jobs));
  const done = new Map<string, Promise<RunResult>>();
  const play: Play = (scenario, policy, settings, seed) => {
    const run = { scenario, scenarioHash: '', policy, settings, policyHash: '', seed, fingerprint: '', code: '', timeline: false, capacities: {} };
    const key = fingerprint({ scenario: scenario.name, policy, settings, seed });
    const known = done.get(key) ?? workers.perform(run);
    done.set(key, known);
    return known;
  };
  try {
    const judged: { scenario: (typeof scenarios)[number]; staticMoney: number }[] = [];
    for (const scenario of scenarios) {
      const { replicas, attainment, money } = await staticReference(scenario, seeds, play);
      say(`${scenario.name}: measured with ${replicas} static replicas, ${(attainment * 100).toFixed(1)} % at ${money.toFixed(2)} of money`);
      judged.push({ scenario, staticMoney: money });
    }
    let record = shippedSweep;
    for (const kind of kinds) {
      say(kind.name);
      const entry = await sweepPolicy({
        kind,
        scenarios: judged,
        seeds,
        play,
        on: new Date().toISOString().slice(0, 10),
        rounds: Number(flags.rounds),
        known: shippedSweep.policies.find(({ policy }) => policy === kind.name)?.best.settings,
        onJudged: (outcome) => {
          say(`  ${outcome.score.toFixed(4)}  ${settingsText(outcome)}`);
        },
      });
      if (entry === undefined) continue;
      say(`  published ${entry.published.score}, best ${entry.best.score}: ${settingsText(entry.best)}`);
      record = withEntry(record, entry);
      writeFileSync(new URL('../policies/tuned.json', import.meta.url), recordText(record));
    }
  } finally {
    await workers.close();
  }
}

/** Traces are not shipped with the product, and a sweep is to give the same everywhere. */
function playsTrace({ models }: ExperimentScenario): boolean {
  return models.some(({ traffic }) => traffic.some(({ kind }) => kind === 'trace'));
}

function withEntry(record: SweepRecord, entry: SweepRecord['policies'][number]): SweepRecord {
  const order = policyKinds().map(({ name }) => name);
  const policies = [...record.policies.filter(({ policy }) => policy !== entry.policy), entry];
  return { format: 1, objective, policies: policies.toSorted((a, b) => order.indexOf(a.policy) - order.indexOf(b.policy)) };
}

function settingsText({ settings }: SweepOutcome): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
