import type { Quota, Quotas } from '../../../src/model/index.ts';
import { createRandom, type Random } from '../../../src/runtime/index.ts';
import { drawFault, drawModel, one, timesOf } from './draw-world.ts';
import type { ModelPlan, Scarcity, VariantPlan, WorldPlan } from './plan.ts';
import { acceleratorsOf } from './room.ts';

const kinds = ['A100', 'H100'] as const;
const namespaces = ['prod', 'test'] as const;
const minuteMs = 60_000;

/** The world of a seed in which several models share quotas and nodes that do not suffice for all. */
export function drawScarceWorld(seed: number): WorldPlan {
  const random = createRandom(`scarce/${seed}`);
  const limitToInventory = random.next() < 0.4;
  // everybody wants the same
  const crowded = random.next() < 0.4;
  // drawn apart, so that a world is the same with and without
  const taking = createRandom(`scarce/${seed}/reclaim`);
  const reclaim = taking.next() < 0.5;
  const models = Array.from({ length: 2 + random.integer(3) }, (_, index) => givingBack(sharing(drawModel(random, index), random, limitToInventory, crowded), reclaim && taking.next() < 0.85));
  const faultyMs = (5 + random.integer(6)) * minuteMs;
  return {
    seed,
    intervalMs: one(random, [15_000, 15_000, 10_000, 30_000]),
    scrapeMs: one(random, [15_000, 15_000, 5000]),
    models,
    faults: Array.from({ length: random.integer(6) }, () => drawFault(random, faultyMs, models.length)),
    scarcity: drawScarcity(random, models, limitToInventory),
    faultyMs,
    ...timesOf(models),
  };
}

function givingBack(model: ModelPlan, reclaim: boolean): ModelPlan {
  return reclaim ? { ...model, policy: { ...model.policy, reclaim } } : model;
}

/** A model whose variants take what other models' take, with a priority, now and then with prefill and decode servers apart. */
function sharing(model: ModelPlan, random: Random, limitToInventory: boolean, crowded: boolean): ModelPlan {
  const apart = random.next() < 0.15;
  // one that has nothing yet, and competes with others for its first
  const nothing = random.next() < 0.3;
  const variants = (apart && model.variants.length === 1 ? [...model.variants, { ...(model.variants[0] as VariantPlan), name: 'v1' }] : model.variants).map((variant, index): VariantPlan => {
    const { server } = variant;
    return {
      ...variant,
      accelerator: crowded ? 'A100' : one(random, kinds),
      accelerators: crowded ? 1 : one(random, [1, 1, 1, 2, 4]),
      nodes: undefined,
      ...(nothing && { initial: 0 }),
      ...(apart && { role: index === 0 ? 'prefill' : 'decode', server: index === 0 ? server : { ...server, perPromptKiloMs: 0 } }),
    };
  });
  const { slo, ...policy } = model.policy;
  return {
    ...model,
    namespace: crowded ? 'prod' : one(random, namespaces),
    // nobody has said yet what a prefill server has to do with a time between tokens
    policy: { ...policy, ...(slo && !apart && { slo }), priority: one(random, [1, 1, 1, 1, 0, 0.5, 3, 10]), limitToInventory },
    router: (apart || policy.analyzer === 'percent') && model.router === 'flowControl' ? 'plain' : model.router,
    shared: false,
    variants,
  };
}

function drawScarcity(random: Random, models: readonly ModelPlan[], limitToInventory: boolean): Scarcity {
  const all = models.flatMap(({ namespace, variants }) => variants.map((variant) => ({ namespace, accelerator: variant.accelerator, most: Math.min(variant.max ?? 6, 6) * acceleratorsOf(variant) })));
  /** Of what variants would take at the most, a part; seldom nothing, or more than that. */
  const part = (which: (one: (typeof all)[number]) => boolean): number => Math.floor(all.filter(which).reduce((total, { most }) => total + most, 0) * random.next() * 1.2);
  const quotaOf = (which: (one: (typeof all)[number]) => boolean): Quota =>
    Object.fromEntries([...kinds.filter(() => random.next() < 0.7), ...(random.next() < 0.2 ? ['*'] : [])].map((kind) => [kind, part((one) => which(one) && (kind === '*' || one.accelerator === kind))]));
  const quotas: Quotas = {
    cluster: random.next() < 0.5 ? quotaOf(() => true) : {},
    namespaces: Object.fromEntries(namespaces.filter(() => random.next() < 0.3).map((namespace) => [namespace, quotaOf((one) => one.namespace === namespace)])),
    ...(random.next() < 0.2 && { defaultNamespace: quotaOf(() => true) }),
  };
  const resourceQuotas = namespaces.filter(() => random.next() < 0.3).map((namespace) => ({ namespace, hard: part((one) => one.namespace === namespace) }));
  const nodes = limitToInventory || random.next() < 0.4 ? kinds.flatMap((accelerator) => drawNodes(random, accelerator, part((one) => one.accelerator === accelerator))) : undefined;
  return { quotas, resourceQuotas, ...(nodes && { nodes }) };
}

function drawNodes(random: Random, accelerator: string, total: number): { accelerator: string; accelerators: number }[] {
  const nodes: { accelerator: string; accelerators: number }[] = [];
  for (let left = total; left > 0; ) {
    const accelerators = Math.min(left, one(random, [1, 2, 4, 8]));
    nodes.push({ accelerator, accelerators });
    left -= accelerators;
  }
  return nodes;
}
