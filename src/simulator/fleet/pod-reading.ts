import type { Node, Pod } from '../../wire/index.ts';

/** What a pod serves, from the arguments of its first container: `--served-model-name` before `--model` before `vllm serve X`. */
export function servedModel(pod: Pod): string | undefined {
  for (const { command = [], args = [] } of pod.spec?.containers ?? []) {
    const words = [...command, ...args].flatMap((word) => word.split(/\s+/));
    const served = option(words, '--served-model-name') ?? option(words, '--model');
    if (served !== undefined) return served;
    const serve = words.indexOf('serve');
    if (serve !== -1 && words[serve + 1] !== undefined) return words[serve + 1];
  }
  return undefined;
}

function option(words: readonly string[], name: string): string | undefined {
  const index = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (index === -1) return undefined;
  const word = words[index] as string;
  return word === name ? words[index + 1] : word.slice(name.length + 1);
}

const productLabels = [
  'nvidia.com/gpu.product',
  'amd.com/gpu.product-name',
  'amd.com/gpu.product',
  'habana.ai/product.name',
  'gpu.intel.com/product',
];

/** Whether a node's accelerators are of a family: "A100" is in "NVIDIA-A100-PCIE-80GB". */
export function nodeHasAccelerator(node: Node | undefined, accelerator: string): boolean {
  const labels = node?.metadata?.labels ?? {};
  return productLabels.some((label) => (labels[label] ?? '').split(/[-_ ]/).some((part) => part.toUpperCase() === accelerator.toUpperCase()));
}

/** `namespace/kind/name` of the workload that a pod belongs to, or of the pod itself. */
export function targetOf(pod: Pod): string {
  const { namespace = '', name = '', ownerReferences = [], labels = {} } = pod.metadata ?? {};
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return `${namespace}/Pod/${name}`;
  const hash = labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return `${namespace}/Deployment/${owner.name.slice(0, -hash.length - 1)}`;
  }
  return `${namespace}/${owner.kind}/${owner.name}`;
}
