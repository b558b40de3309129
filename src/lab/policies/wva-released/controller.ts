import type { ScenarioModel } from '../../scenario/scenario.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import { recordsOf, stateOf } from './collect.ts';
import { enforceMinimum } from './enforce.ts';
import { optimizeByScore } from './limited.ts';
import type { AcceleratorPool } from './limited.ts';
import type { ReplicaRecord, Role, Target, VariantState } from './observed.ts';
import { optimizeByCost } from './optimize.ts';
import type { ModelRequest } from './optimize.ts';
import type { PublishedSeries } from './published-series.ts';
import { analyzeSpare, targetsBySpare } from './spare-capacity.ts';
import type { SpareThresholds } from './spare-capacity.ts';
import { analyzeTokens } from './token-analysis.ts';
import type { TokenMemory, TokenSettings } from './token-analysis.ts';

export interface ControllerOptions {
  readonly analyzer: 'V1' | 'V2';
  readonly thresholds: SpareThresholds & TokenSettings;
  /** Counts accelerators and shares them out; otherwise they are taken as unlimited. V2 only. */
  readonly limited: boolean;
  /** Whether a model may go to none. */
  rests(model: ScenarioModel): boolean;
  /** After so long without an answered request. */
  readonly retentionMs: number;
}

interface ModelView {
  readonly index: number;
  readonly variants: readonly StageVariant[];
  readonly states: readonly VariantState[];
  readonly records: readonly ReplicaRecord[];
}

const roles: readonly Role[] = ['both', 'decode', 'prefill'];

/** One cycle of the controller over all models; what it decides is published, and held where nothing is decided. */
export function createController(stage: PolicyStage, telemetry: Telemetry, series: PublishedSeries, memory: TokenMemory, options: ControllerOptions): () => void {
  const { thresholds } = options;

  function view(index: number): ModelView {
    const model = stage.scenario.models[index];
    // a variant at none is not looked at, and its series stays what it was: as released
    const variants = stage.variants.filter((variant) => variant.model === model && stage.replicas(variant.key).spec > 0);
    return { index, variants, states: variants.map((variant) => stateOf(stage, variant)), records: variants.flatMap(({ key }) => recordsOf(telemetry, index, key)) };
  }

  function bySpare({ states, records }: ModelView): ReadonlyMap<string, Target> {
    const targets = new Map<string, Target>();
    for (const role of roles) {
      const mine = states.filter((state) => state.role === role);
      const said = records.filter(({ variant }) => mine.some(({ name }) => name === variant));
      const heard = mine.filter(({ name }) => said.some(({ variant }) => variant === name));
      for (const [name, target] of targetsBySpare(analyzeSpare(said, thresholds), heard)) targets.set(name, target);
    }
    return targets;
  }

  function byTokens(views: readonly ModelView[]): ReadonlyMap<string, Target> {
    const requests: ModelRequest[] = [];
    const sentences = new Map<string, string>();
    for (const { index, states, records } of views) {
      const model = stage.scenario.models[index];
      const analysis = model === undefined ? undefined : analyzeTokens(model.id, states, records, queued(index), memory, thresholds);
      if (model === undefined || analysis === undefined) continue;
      requests.push({ ...analysis, priority: model.priority });
      for (const { name } of analysis.candidates) sentences.set(name, analysis.why);
    }
    const targets = options.limited ? optimizeByScore(requests, poolsOf(stage)) : optimizeByCost(requests);
    return new Map([...targets].map(([name, replicas]) => [name, { replicas, why: sentences.get(name) ?? '' }]));
  }

  /** Flow control knows how many wait. It tells how long their texts are too, which has no bytes here. */
  function queued(index: number): { readonly size: number; readonly bytes: number } {
    if (stage.scenario.models[index]?.router.flowControl !== true) return { size: 0, bytes: 0 };
    return { size: Math.trunc(telemetry.routerGauge('queued', index) ?? 0), bytes: 0 };
  }

  return () => {
    const views = stage.scenario.models.map((_, index) => view(index)).filter(({ variants }) => variants.length > 0);
    const targets = new Map(options.analyzer === 'V1' ? views.flatMap((each) => [...bySpare(each)]) : byTokens(views));
    for (const { index, variants, states } of views) {
      const model = stage.scenario.models[index];
      const rests = model !== undefined && options.rests(model);
      enforceMinimum(states, targets, rests && telemetry.rate('requests', { model: index }, options.retentionMs) === 0);
      for (const { key } of variants) {
        const from = stage.replicas(key).spec;
        const target = targets.get(key);
        series.publish(key, target?.replicas ?? from);
        stage.note({ variant: key, from, to: target?.replicas ?? from, why: target?.why ?? 'nothing is known of any replica: holds' });
      }
    }
  };
}

function poolsOf(stage: PolicyStage): readonly AcceleratorPool[] {
  return Object.entries(stage.scenario.accelerators).map(([accelerator, limit]) => {
    const takers = stage.variants.filter((variant) => variant.accelerator === accelerator);
    const used = takers.reduce((total, { key, acceleratorsPerReplica }) => {
      const { ready, starting } = stage.replicas(key);
      return total + (ready + starting) * acceleratorsPerReplica;
    }, 0);
    return { free: Math.max(0, limit - used), perReplica: new Map(takers.map(({ key, acceleratorsPerReplica }) => [key, acceleratorsPerReplica])) };
  });
}
