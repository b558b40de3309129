import { decide } from '../../../src/decide/index.ts';
import type { CycleRecord } from '../../../src/model/index.ts';
import { autoscaler, load, namespace, node, router, scenarioOf, tell, variant, workload, type Product, type Story } from '../story/index.ts';
import { recordBreaches } from '../worlds/safety.ts';
import type { StoryPlan, Trouble, VariantSketch } from './draw-story.ts';

/** Of what one story shows, so many sentences are told. */
const mostTold = 4;
const election = { leaderElect: true, leaderElectionLeaseDuration: '6s', leaderElectionRenewDeadline: '4s', leaderElectionRetryPeriod: '1s' };
const targetOf = ({ accelerator }: VariantSketch): string => `decode-${accelerator.toLowerCase()}`;

/** Plays a story with the whole product in it. Returns what is not as it must be in its cycles, and at its end. */
export async function tryStory(plan: StoryPlan): Promise<string[]> {
  const found: string[] = [];
  const tellOf = (breach: string): unknown => found.length < mostTold && found.push(breach);
  const story = tell(worldOf(plan), { seed: `story/${plan.seed}`, policy: { 'policy.yaml': `global: {analyzer: ${plan.analyzer}, scaleDownStabilization: ${windowOf(plan)}, scaleDownMaxFraction: 0.5}\n` } });
  const begunMs = story.clock.now();
  const records: CycleRecord[] = [];
  let first = true;
  const start = async (name: string): Promise<Product> => {
    first = true;
    return story.start(name, { interval: '5s', ...(plan.leaderElect && election) }, (record) => {
      records.push(record);
      const { memory } = decide(record.observation, record.policy, record.memory, record.atMs);
      for (const breach of recordBreaches(record, memory, first)) tellOf(`after ${(record.atMs - begunMs) / 1000} s ${breach}`);
      first = false;
    });
  };
  try {
    let product = await start('controller');
    for (let second = 0; second < plan.troubledSeconds; second++) {
      const now = plan.troubles.filter(({ from, until }) => from <= second && second < until);
      const beginning = now.filter(({ from }) => from === second);
      story.world.apiServer.setFaults((request) => faultFor(now, request));
      for (const { kind } of beginning) {
        if (kind === 'watches-cut' || kind === 'history-lost') story.world.apiServer.restart();
        if (kind === 'history-lost') story.world.apiServer.compactTo();
        if (kind !== 'controller-restarted') continue;
        await product.stop();
        product = await start(`controller-${second}`);
      }
      await story.advance(1);
    }
    story.world.apiServer.setFaults(undefined);
    await story.advance(plan.settlingSeconds);
    const stableFrom = records.length;
    await story.advance(plan.stableSeconds);
    for (const breach of await unsettledIn(plan, story, product, records.slice(stableFrom))) tellOf(breach);
  } finally {
    await story.end();
  }
  return found;
}

/** Only the learning analyzer tells chance from a change; the others need a longer window than a minute's look to stay where they are. */
function windowOf({ analyzer }: StoryPlan): string {
  return analyzer === 'learned' ? '8s' : '60s';
}

function worldOf({ variants, hasRouter, load: stages, faults }: StoryPlan): Parameters<typeof tell>[0] {
  const objects = variants.flatMap((sketch) => {
    const { accelerator, replicas, min, max, cost } = sketch;
    const target = targetOf(sketch);
    return [onNodesOf(workload('Deployment', target, replicas), accelerator), variant(`v-${accelerator.toLowerCase()}`, { accelerator, minReplicas: min, maxReplicas: max, variantCost: String(cost) }, { name: target }), autoscaler(target)];
  });
  const traffic = load(...stages).map((one) => (hasRouter ? { ...one, router: { deployment: 'epp', flowControl: true } } : one));
  const nodes = [node('a100-1', 'NVIDIA-A100-PCIE-80GB'), node('a100-2', 'NVIDIA-A100-PCIE-80GB'), node('mi300x-1', 'AMD-MI300X-192G')];
  const scenario = scenarioOf([...(hasRouter ? [router('epp')] : []), ...objects], { traffic, faults });
  return { ...scenario, objects: [...scenario.objects.filter(({ kind }) => kind === 'Namespace'), ...nodes, ...scenario.objects.filter(({ kind }) => kind !== 'Namespace' && kind !== 'Node')] };
}

/** The same workload on nodes of one kind. */
function onNodesOf(object: ReturnType<typeof workload>, accelerator: VariantSketch['accelerator']): ReturnType<typeof workload> {
  const product = accelerator === 'A100' ? 'NVIDIA-A100-PCIE-80GB' : 'AMD-MI300X-192G';
  const { spec } = object as unknown as { spec: { template: { spec: object } } };
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, nodeSelector: { 'nvidia.com/gpu.product': product } } } } } as ReturnType<typeof workload>;
}

type Asked = Parameters<NonNullable<Parameters<Story['world']['apiServer']['setFaults']>[0]>>[0];

/** What the API server answers instead, if anything. Of its other clients only autoscalers ask over the network: for metrics and scales, which the product leaves to them. */
function faultFor(now: readonly Trouble[], { method, path }: Asked): { status?: { code: number; reason: string; message: string }; delayMs?: number; cut?: true } | undefined {
  const isMetric = path.includes('/external.metrics.k8s.io/');
  const isOurs = !isMetric && !path.endsWith('/scale');
  for (const { kind, code } of now) {
    const refused = { status: { code, reason: 'Trouble', message: 'The story wants it so.' } };
    if (kind === 'autoscaler-frozen' && isMetric) return refused;
    if (!isOurs) continue;
    if (kind === 'api-refuses') return refused;
    if (kind === 'api-cut') return { cut: true };
    if (kind === 'writes-refused' && method !== 'GET') return refused;
    if (kind === 'writes-hang' && method !== 'GET') return { delayMs: 600_000 };
  }
  return undefined;
}

/** What is not settled at the end: numbers still move to and fro, or are not what the autoscaler has written and status says. */
async function unsettledIn({ variants, stableSeconds }: StoryPlan, story: Story, product: Product, records: readonly CycleRecord[]): Promise<string[]> {
  const found: string[] = [];
  if (product.hasEnded) return ['the controller has ended'];
  if (records.length < stableSeconds / 6) found.push(`${records.length} cycles in ${stableSeconds} s`);
  const shown = await product.desired();
  for (const sketch of variants) {
    const name = `v-${sketch.accelerator.toLowerCase()}`;
    const counts = records.map(({ decisions }) => decisions.find(({ variant: { name: its } }) => its === name)?.desired ?? -1);
    const changes = counts.flatMap((count, index) => (index > 0 && count !== counts[index - 1] ? [count - (counts[index - 1] as number)] : []));
    if (changes.some((change, index) => index > 0 && Math.sign(change) !== Math.sign(changes[index - 1] as number))) found.push(`${name} goes to and fro under an even load: ${counts.join(' ')}`);
    const desired = counts.at(-1);
    const spec = story.replicas(targetOf(sketch));
    // an autoscaler comes every two seconds
    if (spec !== desired && counts.slice(-3).every((count) => count === desired)) found.push(`${namespace}/${targetOf(sketch)} has ${spec} where ${desired} are desired`);
    if (story.statusDesired(name) !== desired) found.push(`the status of ${name} says ${story.statusDesired(name)} where ${desired} are desired`);
    if (!shown.includes(`${targetOf(sketch)}/${sketch.accelerator}=${desired}`)) found.push(`/metrics shows ${shown.join(' ')} where ${desired} of ${targetOf(sketch)} are desired`);
    if (!story.condition(name, 'Ready').startsWith('True')) found.push(`${name} is not ready: ${story.condition(name, 'Ready')}`);
  }
  return found;
}
