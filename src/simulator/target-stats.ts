import type { Node, Pod, Workload } from '../wire/index.ts';
import { kinds } from './controllers/cluster.ts';
import type { Cluster, Resource } from './controllers/cluster.ts';
import { isReady, isTerminating } from './controllers/pod-state.ts';
import type { CostMeter } from './fleet/cost-meter.ts';
import { nodeHasAccelerator, servedModel, targetOf } from './fleet/pod-reading.ts';
import type { Scenario } from './scenario.ts';
import type { TargetStats } from './statistics.ts';

const workloads: readonly Resource[] = [kinds.deployments, kinds.statefulSets];

/** Size and cost of every workload that serves a model of the scenario. */
export function targetStats(cluster: Cluster, scenario: Scenario, cost: CostMeter, nowMs: number): readonly TargetStats[] {
  const pods = cluster.list<Pod>(kinds.pods);
  const nodes = cluster.list<Node>(kinds.nodes);
  return workloads.flatMap((resource) =>
    cluster.list<Workload>(resource).flatMap((workload) => {
      const { name = '', namespace = '' } = workload.metadata ?? {};
      const modelID = servedModel({ spec: workload.spec?.template?.spec ?? { containers: [] } });
      const profiles = scenario.profiles.filter((profile) => profile.modelID === modelID);
      if (modelID === undefined || profiles.length === 0) return [];
      const target = `${namespace}/${resource.kind}/${name}`;
      const own = pods.filter((pod) => targetOf(pod) === target);
      const living = own.filter((pod) => !isTerminating(pod));
      return [
        {
          namespace,
          name,
          kind: resource.kind,
          modelID,
          accelerator: acceleratorOf(workload, own, nodes, profiles.map(({ accelerator }) => accelerator)),
          specReplicas: workload.spec?.replicas ?? 1,
          readyReplicas: living.filter(isReady).length,
          startingReplicas: living.filter((pod) => !isReady(pod)).length,
          drainingReplicas: own.length - living.length,
          ...cost.total(target, nowMs),
        },
      ];
    }),
  );
}

function acceleratorOf(workload: Workload, pods: readonly Pod[], nodes: readonly Node[], accelerators: readonly string[]): string {
  const nodeName = pods.find((pod) => pod.spec?.nodeName !== undefined)?.spec?.nodeName;
  const selector = workload.spec?.template?.spec?.nodeSelector ?? {};
  const node = nodes.find(({ metadata }) => metadata?.name === nodeName) ?? { metadata: { labels: selector } };
  return accelerators.find((accelerator) => nodeHasAccelerator(node, accelerator)) ?? 'unknown';
}
