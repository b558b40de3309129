import type { ExperimentScenario } from '../../scenario/scenario.ts';
import type { PolicyStage } from '../../stage/policy-stage.ts';
import { everyRound } from '../direct-fetch.ts';
import { defineLaw } from '../law.ts';
import type { PolicyKind } from '../law.ts';
import { arimaForecast, constantForecast, kalmanForecast } from './forecasts.ts';
import { createPlanner } from './planner.ts';

const published = 'NVIDIA Dynamo planner (github.com/ai-dynamo/dynamo, components/src/dynamo/planner and docs of 1.5, 2026-08), optimization_target sla';

const settings = {
  ttftTargetFactor: 1,
  itlTargetFactor: 1,
  loadSeconds: 5,
  sensitivityFraction: 0.8,
  maxSamples: 64,
  buckets: 16,
  minObservations: 5,
  throughputSeconds: 180,
  forecast: 1,
  kalmanLevel: 1,
  kalmanTrend: 0.1,
  kalmanNoise: 10,
  profiled: 1,
};
type Settings = typeof settings;

const meaning = {
  ttftTargetFactor: 'target of the TTFT, as a factor on the SLO of the scenario',
  itlTargetFactor: 'target of the ITL, as a factor on the TPOT of the scenario',
  loadSeconds: 'seconds between looks at the engines (load_adjustment_interval)',
  sensitivityFraction: 'part of a target that may be used after one engine less (load_scaling_down_sensitivity)',
  maxSamples: 'iterations that the regression keeps',
  buckets: 'buckets over which they are spread, a square number',
  minObservations: 'iterations that it needs',
  throughputSeconds: 'seconds between forecasts (throughput_adjustment_interval)',
  forecast: '0: as the last interval; 1: ARIMA; 2: Kalman filter with a local trend',
  kalmanLevel: 'variance that the level gains in an interval',
  kalmanTrend: 'variance that the trend gains in an interval',
  kalmanNoise: 'variance of the observation',
  profiled: '1: the regression begins with the grid of the profiler; 0: with nothing',
};

const assumed = [
  'TTFT and ITL targets are the SLOs of the scenario (their defaults are 500 and 50 ms). max_gpu_budget, 8 by default, is left to the bounds of the scenario and to the accelerators that it counts.',
  'Iterations are not published here one by one. Every 5 s the pages of the engines are fetched, and the mean iteration since the last look stands for one: its time is the mean time between tokens, its prompt tokens are those prefilled in that share of the time, its KV tokens those in the cache, and what waits is waiting requests times their mean prompt. Means are less noisy than what the planner has.',
  'The profiler is the laboratory\'s own law of an iteration over 8 × 8 loads; live iterations then replace those of the fullest bucket. Moving averages (prompt, context, batch) only take live ones.',
  'Nothing is written while any component of the graph has other engines than it was asked for, as the Kubernetes connector does. min_endpoint is 1: it never goes to none.',
  'ARIMA: theirs is chosen by pmdarima. Here an order (p, d, 0) is chosen anew each time, d = 1 when the steps vary less than the values, p of 0 to 2 by the corrected Akaike criterion; (0, d, 0) is fitted on log(1 + y), as theirs is. Prophet is left out.',
  'A worker that is removed ends its requests in the termination grace of the scenario; their workers did not always.',
];

/** A graph deployment has one kind of engine for each role. */
function refuses(scenario: ExperimentScenario): string | undefined {
  for (const { id, variants } of scenario.models) {
    const roles = variants.map(({ role }) => role);
    if (new Set(roles).size < roles.length) return `${id} has several variants of one role, and a planner scales one kind of engine for each role; it does not choose between accelerators`;
    if (roles.length > 1 && roles.includes('both')) return `${id} mixes engines that do both with prefill or decode engines, and a graph deployment is one or the other`;
    if (variants.some(({ initialReplicas }) => initialReplicas === 0)) return `${id} begins without any engine, and a planner never has none: there is nothing to look at`;
  }
  return undefined;
}

function begin(stage: PolicyStage, at: Settings, modes: { readonly load: boolean; readonly throughput: boolean }): void {
  const forecast = [constantForecast, arimaForecast, () => kalmanForecast({ level: at.kalmanLevel, trend: at.kalmanTrend, noise: at.kalmanNoise })][at.forecast] ?? constantForecast;
  const planners = stage.scenario.models.map((model) =>
    createPlanner(stage, stage.variants.filter((variant) => variant.model === model), {
      loadScaling: modes.load,
      throughputScaling: modes.throughput,
      throughputMs: at.throughputSeconds * 1000,
      ttftSeconds: model.slo.ttftSeconds * at.ttftTargetFactor,
      itlSeconds: model.slo.tpotSeconds * at.itlTargetFactor,
      sensitivity: at.sensitivityFraction,
      maxSamples: at.maxSamples,
      minObservations: at.minObservations,
      buckets: at.buckets,
      profiled: at.profiled > 0,
      forecast,
    }));
  // the interval of the forecasts is a whole number of looks, and falls on one
  const looks = Math.max(1, Math.round(at.throughputSeconds / at.loadSeconds));
  let look = 0;
  everyRound(stage, at.loadSeconds * 1000, at.throughputSeconds * 1000 + 60_000, (telemetry) => {
    look += 1;
    for (const planner of planners) {
      if (look % looks === 0) planner.onThroughput(telemetry);
      planner.onLoad(telemetry);
    }
  });
}

const loadFormula = [
  'time of an iteration = a + b prompt tokens + c KV tokens, by least squares over 64 iterations spread over 16 buckets of load',
  'TTFT(engine) = iterations over what waits and one prompt more, in chunks; ITL(engine) = an iteration with one sequence more',
  'one engine more when all engines are above a target',
  'one less when, with n / (n - 1) of the load, what waits takes less than 0.8 of what the TTFT target leaves, the ITL is below 0.8 of its target and the KV cache holds it, on every engine',
];
const throughputFormula = [
  'requests, prompt and output tokens of the next interval by a forecast each',
  'rate of an engine = largest batch that keeps both targets / (output tokens × time of an iteration)',
  'engines = ceil(requests a second / rate); prefill engines ceil(requests a second × time of a prompt)',
];

const dynamoLoadLaw = defineLaw({
  name: 'dynamo-load',
  family: 'peer',
  title: 'Dynamo planner, load mode: a regression of iteration times, one engine at a time',
  source: `${published}, enable_load_scaling.`,
  formula: loadFormula,
  assumed,
  settings,
  meaning,
  sweep: { ttftTargetFactor: [0.1, 0.2, 0.5, 1], itlTargetFactor: [0.3, 0.4, 0.5, 0.7, 1], sensitivityFraction: [0.5, 0.65, 0.8], profiled: [0, 1] },
  refuses,
  begin(stage, at) {
    begin(stage, at, { load: true, throughput: false });
  },
});

const dynamoThroughputLaw = defineLaw({
  name: 'dynamo-throughput',
  family: 'peer',
  title: 'Dynamo planner, throughput mode: a forecast every three minutes over the profiled rate of an engine',
  source: `${published}, enable_throughput_scaling, the default of that target.`,
  formula: throughputFormula,
  assumed,
  settings,
  meaning,
  sweep: { forecast: [0, 1, 2], itlTargetFactor: [0.3, 0.4, 0.5, 0.7, 1], ttftTargetFactor: [0.2, 1], throughputSeconds: [30, 60, 180] },
  refuses,
  begin(stage, at) {
    begin(stage, at, { load: false, throughput: true });
  },
});

const dynamoBothLaw = defineLaw({
  name: 'dynamo-both',
  family: 'peer',
  title: 'Dynamo planner, both modes: the forecast is the floor, the load adds to it',
  source: `${published}, both modes, which its guide recommends where profiling data is there.`,
  formula: [...throughputFormula, 'this is a floor under:', ...loadFormula],
  assumed,
  settings,
  meaning,
  sweep: { forecast: [0, 1, 2], itlTargetFactor: [0.3, 0.4, 0.5, 0.7, 1], ttftTargetFactor: [0.1, 0.2, 0.5, 1], sensitivityFraction: [0.5, 0.8], throughputSeconds: [30, 60, 180] },
  refuses,
  begin(stage, at) {
    begin(stage, at, { load: true, throughput: true });
  },
});

export const dynamoLaws: readonly PolicyKind[] = [dynamoLoadLaw, dynamoThroughputLaw, dynamoBothLaw];
