import { compareText } from '../base/index.ts';
import type { AcceleratorQuota } from '../model/index.ts';
import { parseQuantity, type ResourceQuota } from '../wire/index.ts';
import { isAcceleratorResource } from './accelerators.ts';

const requests = 'requests.';

/**
 * Limits on accelerators that namespaces have. `status.hard` is what is being enforced. A quota for pods that end by themselves, or
 * for some priority classes only, says nothing about a model server as such and is left out.
 */
export function readQuotas(objects: readonly ResourceQuota[]): AcceleratorQuota[] {
  return objects
    .filter(isForServers)
    .flatMap(({ metadata, status }) =>
      Object.entries(status?.hard ?? {}).flatMap(([key, amount]): AcceleratorQuota[] => {
        const resource = key.startsWith(requests) ? key.slice(requests.length) : '';
        const hard = parseQuantity(amount);
        if (!isAcceleratorResource(resource) || hard === undefined) return [];
        return [{ namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', resource, hard, used: parseQuantity(status?.used?.[key] ?? '0') ?? 0 }];
      }),
    )
    .toSorted((a, b) => compareText(`${a.namespace}/${a.name}/${a.resource}`, `${b.namespace}/${b.name}/${b.resource}`));
}

function isForServers({ spec }: ResourceQuota): boolean {
  return spec?.scopeSelector === undefined && (spec?.scopes ?? []).every((scope) => scope === 'NotTerminating' || scope === 'NotBestEffort');
}
