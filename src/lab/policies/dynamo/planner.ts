import { clamp, rounded } from '../../../base/index.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import { createComponent } from './component.ts';
import type { Component } from './component.ts';
import type { Forecast } from './forecasts.ts';
import type { ModelOptions } from './performance-models.ts';

export interface PlannerOptions extends ModelOptions {
  readonly profiled: boolean;
  readonly loadScaling: boolean;
  readonly throughputScaling: boolean;
  readonly throughputMs: number;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
  readonly sensitivity: number;
  forecast(): Forecast;
}

/** One planner for the graph deployment of one model: a component that does both, or one of each role. */
export interface Planner {
  /** Each load interval: learns, and in load mode decides. */
  onLoad(telemetry: Telemetry): void;
  /** Each throughput interval: forecasts, and sets the floor or decides. */
  onThroughput(telemetry: Telemetry): void;
}

interface Wish {
  readonly engines: number;
  readonly why: string;
}

export function createPlanner(stage: PolicyStage, variants: readonly StageVariant[], options: PlannerOptions): Planner {
  const components = variants.map((variant) => createComponent(stage, variant, options));
  const index = stage.scenario.models.indexOf((variants[0] as StageVariant).model);
  const forecasts = { requests: options.forecast(), prompt: options.forecast(), output: options.forecast(), hits: options.forecast() };
  const floors = new Map<Component, Wish>();
  let hitRate = 0;

  /** The connector writes nothing while any part of the graph has other engines than it was asked for. */
  function inFlight(): StageVariant | undefined {
    return variants.find(({ key }) => stage.replicas(key).spec !== stage.replicas(key).ready);
  }

  function apply(wishes: readonly (readonly [Component, Wish])[]): void {
    const moving = inFlight();
    for (const [{ variant }, wish] of wishes) {
      const from = stage.replicas(variant.key).spec;
      const to = clamp(wish.engines, Math.max(1, variant.variant.minReplicas), variant.variant.maxReplicas);
      const decision = { variant: variant.key, from, to, why: to === wish.engines ? wish.why : `${wish.why}; within bounds ${to}` };
      if (moving !== undefined) stage.note({ ...decision, to: from, why: `${wish.why}; waits, as ${moving.key} is on its way to ${stage.replicas(moving.key).spec}` });
      else if (to === from) stage.note(decision);
      else stage.scale(decision);
    }
  }

  function wishOf(component: Component, look: ReturnType<Component['look']>): Wish {
    const { ready } = stage.replicas(component.variant.key);
    const loaded = 'problem' in look ? undefined : component.load(look.passes, { ttftSeconds: options.ttftSeconds, itlSeconds: options.itlSeconds, sensitivity: options.sensitivity, hitRate });
    return loaded ?? { engines: ready, why: 'problem' in look ? `${look.problem}: holds` : 'too few observations yet: holds' };
  }

  return {
    onLoad(telemetry) {
      const looks = components.map((component) => [component, component.look(telemetry)] as const);
      if (!options.loadScaling) return;
      const blind = looks.find(([, look]) => 'problem' in look);
      apply(
        looks.map(([component, look]) => {
          const { spec } = stage.replicas(component.variant.key);
          // one role that cannot be judged stops the other
          const wish = blind === undefined ? wishOf(component, look) : { engines: spec, why: `${'problem' in blind[1] ? blind[1].problem : ''}: holds` };
          const floor = floors.get(component);
          return [component, floor === undefined || floor.engines <= wish.engines || blind !== undefined ? wish : { engines: floor.engines, why: `${wish.why}; no fewer than the forecast needs: ${floor.why}` }] as const;
        }),
      );
    },
    onThroughput(telemetry) {
      if (!options.throughputScaling) return;
      const windowMs = options.throughputMs;
      const seconds = windowMs / 1000;
      const requests = telemetry.routerRate('requests', index, windowMs) ?? Number.NaN;
      forecasts.requests.add(requests * seconds);
      forecasts.prompt.add((telemetry.routerRate('promptTokens', index, windowMs) ?? Number.NaN) / requests);
      forecasts.output.add((telemetry.routerRate('generationTokens', index, windowMs) ?? Number.NaN) / (telemetry.routerRate('answered', index, windowMs) ?? Number.NaN));
      forecasts.hits.add((telemetry.rate('prefixHits', { model: index }, windowMs) ?? 0) / (telemetry.rate('prefixQueries', { model: index }, windowMs) ?? Number.NaN));
      hitRate = clamp(forecasts.hits.next(), 0, 1);
      const shape = { promptTokens: forecasts.prompt.next(), outputTokens: forecasts.output.next(), hitRate, ttftSeconds: options.ttftSeconds, itlSeconds: options.itlSeconds };
      const demand = Math.max(0, forecasts.requests.next()) / seconds;
      const wishes = components.map((component) => [component, forComponent(component, demand, shape)] as const);
      if (wishes.some(([, wish]) => wish === undefined)) {
        for (const { variant } of components) {
          const { spec } = stage.replicas(variant.key);
          stage.note({ variant: variant.key, from: spec, to: spec, why: 'no forecast, or no model of the engines yet: holds' });
        }
        return;
      }
      const known = wishes.map(([component, wish]) => [component, wish as Wish] as const);
      if (options.loadScaling) for (const [component, wish] of known) floors.set(component, wish);
      else apply(known);
    },
  };

  function forComponent(component: Component, demand: number, shape: Parameters<Component['rate']>[0]): Wish | undefined {
    const rate = component.rate(shape);
    if (rate === undefined) return undefined;
    const late = component.variant.variant.role === 'prefill' ? Math.ceil(rate.ttftSeconds / shape.ttftSeconds) : 1;
    const engines = Math.max(1, late, Math.ceil(demand / rate.perSecond));
    return { engines, why: `${rounded(demand)} requests/s of ${Math.round(shape.promptTokens)}/${Math.round(shape.outputTokens)} tokens are forecast, an engine carries ${rounded(rate.perSecond)}: ${engines}` };
  }
}
