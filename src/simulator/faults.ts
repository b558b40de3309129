import type { Clock } from '../runtime/index.ts';
import type { Node } from '../wire/index.ts';
import { kinds } from './controllers/cluster.ts';
import type { Cluster } from './controllers/cluster.ts';
import { timeText } from './controllers/context.ts';
import { setConditions } from './controllers/pod-state.ts';
import type { Fleet, Impairment } from './fleet/fleet.ts';
import type { Fault } from './scenario.ts';

const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' };

/** Sets each fault going at its time, and ends it again. Returns what cancels those to come. */
export function startFaults(faults: readonly Fault[], clock: Clock, cluster: Cluster, fleet: Fleet): () => void {
  const cancels: (() => void)[] = [];
  for (const fault of faults) {
    cancels.push(
      clock.schedule(fault.atMs, () => {
        const end = begin(fault);
        if (fault.untilMs !== undefined) cancels.push(clock.schedule(fault.untilMs - fault.atMs, end));
      }),
    );
  }

  function begin(fault: Fault): () => void {
    if (fault.kind !== 'node-lost') return fleet.impair(new RegExp(fault.pod), impairmentOf(fault));
    const pattern = new RegExp(fault.node);
    const names = cluster.list<Node>(kinds.nodes).map(({ metadata }) => metadata?.name ?? '').filter((name) => pattern.test(name));
    for (const name of names) setNode(name, false);
    return () => {
      for (const name of names) setNode(name, true);
    };
  }

  function setNode(name: string, ready: boolean): void {
    const node = cluster.get<Node>(kinds.nodes, undefined, name);
    if (node === undefined) return;
    const others = (node.spec?.taints ?? []).filter(({ key }) => key !== unreachable.key);
    const tainted = cluster.update<Node>(kinds.nodes, { ...node, spec: { ...node.spec, taints: ready ? others : [...others, unreachable] } });
    const condition = ready
      ? { type: 'Ready', status: 'True' as const, reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'Unknown' as const, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    const conditions = setConditions(tainted.status?.conditions, [condition], timeText(clock.now()));
    cluster.updateStatus<Node>(kinds.nodes, { ...tainted, status: { ...tainted.status, conditions } });
  }

  return () => {
    for (const cancel of cancels) cancel();
  };
}

function impairmentOf(fault: Exclude<Fault, { kind: 'node-lost' }>): Impairment {
  if (fault.kind === 'pod-never-ready') return { neverReady: true };
  if (fault.kind === 'pod-slow') return { slowness: fault.factor };
  return { page: fault.how };
}
