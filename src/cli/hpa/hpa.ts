import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { errorText } from '../../base/index.ts';
import { optionsFrom } from '../../config/index.ts';
import { connectCluster, createKubernetesClient, type KubernetesClient } from '../../kubernetes/index.ts';
import { clusterResources, readResources } from '../../lab/history/index.ts';
import type { ClusterObjects } from '../../observe/index.ts';
import { readText, systemClock } from '../../runtime/index.ts';
import { version } from '../version.ts';
import { planHpa } from './plan.ts';

export interface HpaFlags {
  readonly variants?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** `wva hpa`: the HPA to standard output, what to know about it to standard error. Resolves to the exit status. */
export async function hpa(resource: string, flags: HpaFlags): Promise<number> {
  try {
    const { objects, minorVersion } = flags.variants === undefined ? await ofCluster(flags) : { objects: await ofFile(flags.variants), minorVersion: undefined };
    const plan = planHpa(resource, objects, minorVersion);
    if (!plan.ok) return refuse(plan.problem);
    process.stdout.write(stringify(plan.hpa, { aliasDuplicateObjects: false }));
    for (const note of plan.notes) process.stderr.write(`${note}\n`);
    return 0;
  } catch (error) {
    return refuse(errorText(error));
  }
}

function refuse(problem: string): number {
  process.stderr.write(`${problem}\n`);
  return 2;
}

async function ofFile(file: string): Promise<ClusterObjects> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`The file of --variants, ${file}, cannot be read (${errorText(error)}). What kubectl get variantautoscalings,hpa -A -o yaml prints was expected.`);
  });
  return readResources(text, file);
}

async function ofCluster({ kubeconfig, context }: HpaFlags): Promise<{ readonly objects: ClusterObjects; readonly minorVersion: number | undefined }> {
  const read = optionsFrom({ ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }, process.env);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const { options } = read;
  const connection = await connectCluster({
    clock: systemClock,
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { context: options.context }),
  });
  try {
    const client = createKubernetesClient({ transport: connection.transport, baseUrl: connection.baseUrl, clock: systemClock, userAgent: `workload-variant-autoscaler/${version}`, requestTimeoutMs: options.restTimeoutMs });
    const limit = AbortSignal.timeout(options.restTimeoutMs);
    const { objects } = await clusterResources(client, limit);
    return { objects, minorVersion: await minorVersionOf(client, limit) };
  } finally {
    await connection.close();
  }
}

/** Clouds write `31+`. */
async function minorVersionOf(client: KubernetesClient, signal: AbortSignal): Promise<number | undefined> {
  const response = await client.raw({ method: 'GET', path: '/version', signal });
  const minor = Number.parseInt((JSON.parse(await readText(response)) as { minor?: string }).minor ?? '', 10);
  return Number.isNaN(minor) ? undefined : minor;
}
