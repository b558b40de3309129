import { errorText } from '../../base/index.ts';
import { optionsFrom } from '../../config/index.ts';
import { connectCluster, createKubernetesClient, isKubernetesError, resources } from '../../kubernetes/index.ts';
import { systemClock } from '../../runtime/index.ts';
import type { VariantAutoscaling } from '../../wire/index.ts';
import { BadInput } from '../history/bad-input.ts';
import { version } from '../version.ts';
import type { Explanation } from './explanation.ts';
import { statusText } from './status-text.ts';

/** What the status of the resource says, for which the right to read it is enough. */
export async function fromStatus({ namespace, name }: { readonly namespace: string; readonly name: string }, flags: Readonly<Record<string, unknown>>): Promise<Explanation> {
  const read = optionsFrom({ kubeconfig: flags['kubeconfig'], context: flags['context'] }, { KUBECONFIG: process.env['KUBECONFIG'], KUBE_CONTEXT: process.env['KUBE_CONTEXT'] });
  if (!read.ok) throw new BadInput(read.problems.map(({ message }) => message));
  const { kubeconfig, context, restTimeoutMs } = read.options;
  const connection = await connectCluster({ clock: systemClock, ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }).catch((error: unknown) => {
    throw new BadInput([`${errorText(error)} Without a cluster, --record and --server tell why.`]);
  });
  try {
    const client = createKubernetesClient({ transport: connection.transport, baseUrl: connection.baseUrl, clock: systemClock, userAgent: `workload-variant-autoscaler/${version}`, requestTimeoutMs: restTimeoutMs });
    const resource = await client.get<VariantAutoscaling>(resources.variantAutoscalings, name, { namespace });
    return { kind: 'known', text: statusText(resource), data: { variant: `${namespace}/${name}`, spec: resource.spec, status: resource.status } };
  } catch (error) {
    if (isKubernetesError(error, 404)) return { kind: 'unknown', why: `The cluster at ${connection.baseUrl} has no VariantAutoscaling ${namespace}/${name}.` };
    throw new BadInput([errorText(error)]);
  } finally {
    await connection.close();
  }
}
