import { findProfile } from '../../../simulator/index.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import type { ForwardPass } from './forward-pass.ts';
import { wishOfBoth, wishOfDecode, wishOfPrefill } from './load-decision.ts';
import type { LoadTargets, LoadWish } from './load-decision.ts';
import { createPagePasses } from './page-passes.ts';
import { createBothModel, createDecodeModel, createPrefillModel } from './performance-models.ts';
import type { EngineLimits, ModelOptions } from './performance-models.ts';
import { limitsOf, profiledPasses } from './profiling.ts';
import { rateOfBoth, rateOfDecode, rateOfPrefill } from './throughput.ts';
import type { EngineRate, Shape } from './throughput.ts';

/** What a look at the engines of a component gave: passes of all that are ready, or why there is no deciding on them. */
export type Look = { readonly passes: readonly ForwardPass[] } | { readonly problem: string };

/** Engines of one kind in a graph deployment, with what the planner has learnt of them. */
export interface Component {
  readonly variant: StageVariant;
  look(telemetry: Telemetry): Look;
  /** Engines that the load asks for, and in words why; `undefined` with too few observations. */
  load(passes: readonly ForwardPass[], at: LoadTargets): { readonly engines: number; readonly why: string } | undefined;
  rate(shape: Shape): EngineRate | undefined;
}

export function createComponent(stage: PolicyStage, variant: StageVariant, options: ModelOptions & { readonly profiled: boolean }): Component {
  const { role } = variant.variant;
  const serving = findProfile(variant.variant.profile)?.serving;
  if (serving === undefined) throw new Error(`Variant ${variant.key} names the profile ${variant.variant.profile}, which is not shipped.`);
  const limits = limitsOf(serving);
  const model = modelOf(role, options, limits);
  if (options.profiled) for (const pass of profiledPasses(serving, role)) model.learn(pass, false);
  const pages = createPagePasses();
  const index = stage.scenario.models.indexOf(variant.model);

  return {
    variant,
    look(telemetry) {
      const { ready } = stage.replicas(variant.key);
      const passes = [...pages.look(telemetry.samples({ model: index, variant: variant.key }), role).values()];
      for (const pass of passes) model.learn(pass, true);
      if (passes.length === 0) return { problem: 'no engine tells of its iterations' };
      if (passes.length !== ready) return { problem: `${passes.length} engines tell of their iterations and ${ready} are ready` };
      return { passes };
    },
    load: (passes, at) => (model.observations() < options.minObservations ? undefined : model.load(passes, at)),
    rate: (shape) => model.rate(shape),
  };
}

interface RoleModel {
  learn(pass: ForwardPass, live: boolean): void;
  observations(): number;
  load(passes: readonly ForwardPass[], at: LoadTargets): { readonly engines: number; readonly why: string } | undefined;
  rate(shape: Shape): EngineRate | undefined;
}

function modelOf(role: 'both' | 'prefill' | 'decode', options: ModelOptions, limits: EngineLimits): RoleModel {
  if (role === 'prefill') {
    const model = createPrefillModel(options);
    return { ...model, load: (passes, at) => explained('TTFT', wishOfPrefill(passes, model, limits, at), at.ttftSeconds), rate: (shape) => rateOfPrefill(model, shape, limits) };
  }
  if (role === 'decode') {
    const model = createDecodeModel(options);
    return { ...model, load: (passes, at) => explained('ITL', wishOfDecode(passes, model, limits, at), at.itlSeconds), rate: (shape) => rateOfDecode(model, shape, limits) };
  }
  const model = createBothModel(options);
  return {
    ...model,
    load(passes, at) {
      const found = wishOfBoth(passes, model, limits, at);
      if (found === undefined) return undefined;
      return { engines: found.engines, why: `${sentence('TTFT', found.ttft, at.ttftSeconds)}; ${sentence('ITL', found.itl, at.itlSeconds)}` };
    },
    rate: (shape) => rateOfBoth(model, shape, limits),
  };
}

function explained(name: string, wish: LoadWish | undefined, target: number): { readonly engines: number; readonly why: string } | undefined {
  return wish === undefined ? undefined : { engines: wish.engines, why: sentence(name, wish, target) };
}

function sentence(name: string, { engines, worstSeconds }: LoadWish, target: number): string {
  return `${name} is estimated at up to ${Math.round(worstSeconds * 1000)} ms of ${Math.round(target * 1000)}: ${engines}`;
}
