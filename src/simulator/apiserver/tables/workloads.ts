import { plainText } from '../api-object.ts';
import type { LabelSelector } from '../../../wire/index.ts';
import type { ApiObject } from '../api-object.ts';
import { selectorText } from '../label-selector.ts';
import { ageColumn, at, column, itemsAt, nameColumn, numberAt, wide } from './column.ts';
import type { Column } from './column.ts';

const containers = (object: ApiObject): Record<string, unknown>[] => itemsAt(object, 'spec', 'template', 'spec', 'containers');
const containersColumn = column('Containers', (object) => containers(object).map((each) => each['name']).join(','), wide);
const imagesColumn = column('Images', (object) => containers(object).map((each) => each['image']).join(','), wide);
const selectorColumn = column('Selector', (object) => selectorText(at(object, 'spec', 'selector') as LabelSelector | undefined) || '<none>', wide);
const desired = (object: ApiObject): number => numberAt(object, 'spec', 'replicas');
const readyColumn = column('Ready', (object) => `${numberAt(object, 'status', 'readyReplicas')}/${desired(object)}`);

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  readyColumn,
  column('Up-to-date', (object) => numberAt(object, 'status', 'updatedReplicas'), { type: 'string' }),
  column('Available', (object) => numberAt(object, 'status', 'availableReplicas'), { type: 'string' }),
  ageColumn,
  containersColumn,
  imagesColumn,
  selectorColumn,
];

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', desired, { type: 'integer' }),
  column('Current', (object) => numberAt(object, 'status', 'replicas'), { type: 'integer' }),
  column('Ready', (object) => numberAt(object, 'status', 'readyReplicas'), { type: 'integer' }),
  ageColumn,
  containersColumn,
  imagesColumn,
  selectorColumn,
];

export const statefulSetColumns: readonly Column[] = [nameColumn, readyColumn, ageColumn, containersColumn, imagesColumn];

interface Value {
  averageUtilization?: number;
  averageValue?: string;
  value?: string;
}

/** `3/5 (avg)`, `cpu: 10%/80%`, `<unknown>/1`: current over target of each metric, as the TARGETS column shows them. */
function targets(hpa: ApiObject): string {
  const specs = itemsAt(hpa, 'spec', 'metrics');
  const current = itemsAt(hpa, 'status', 'currentMetrics');
  const texts = specs.slice(0, 2).map((spec, index) => {
    const key = String(spec['type']).charAt(0).toLowerCase() + String(spec['type']).slice(1);
    const wanted = (at(spec, key, 'target') ?? {}) as Value;
    const seen = (at(current[index], key, 'current') ?? {}) as Value;
    const name = spec['type'] === 'Resource' || spec['type'] === 'ContainerResource' ? `${String(at(spec, key, 'name'))}: ` : '';
    if (wanted.averageUtilization !== undefined) return `${name}${seen.averageUtilization === undefined ? '<unknown>' : `${seen.averageUtilization}%`}/${wanted.averageUtilization}%`;
    if (wanted.averageValue !== undefined) {
      const average = spec['type'] === 'Object' || spec['type'] === 'External' ? ' (avg)' : '';
      return `${name}${seen.averageValue ?? '<unknown>'}/${wanted.averageValue}${average}`;
    }
    return `${name}${seen.value ?? '<unknown>'}/${wanted.value ?? '<auto>'}`;
  });
  if (texts.length === 0) return '<none>';
  return texts.join(', ') + (specs.length > 2 ? ` + ${specs.length - 2} more...` : '');
}

export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column('Reference', (hpa) => `${String(at(hpa, 'spec', 'scaleTargetRef', 'kind'))}/${String(at(hpa, 'spec', 'scaleTargetRef', 'name'))}`),
  column('Targets', targets),
  column('MinPods', (hpa) => plainText(at(hpa, 'spec', 'minReplicas') ?? '<unset>')),
  column('MaxPods', (hpa) => numberAt(hpa, 'spec', 'maxReplicas')),
  column('Replicas', (hpa) => numberAt(hpa, 'status', 'currentReplicas'), { type: 'integer' }),
  ageColumn,
];

