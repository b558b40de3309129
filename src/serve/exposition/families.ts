/** What /metrics says about replicas; docs/reference/metrics.md is held against this table. */
export const replicaFamilies = {
  wva_desired_replicas: {
    type: 'gauge',
    help: 'Replicas that the scale target should have on this accelerator.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type'],
  },
  wva_current_replicas: {
    type: 'gauge',
    help: 'Replicas that the scale target asks for today on this accelerator.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type'],
  },
  wva_desired_ratio: {
    type: 'gauge',
    help: 'Desired over current replicas; the desired replicas where there are none.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type'],
  },
  wva_desired_replicas_timestamp_seconds: {
    type: 'gauge',
    help: 'When the desired replicas were last decided or confirmed, in seconds since the epoch.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type'],
  },
  wva_desired_replicas_held: {
    type: 'gauge',
    help: '1 while the last decision is kept because something is not known, or because of a pause; else 0.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type'],
  },
  wva_target_desired_replicas: {
    type: 'gauge',
    help: 'Replicas that the scale target should have, all accelerators together.',
    labels: ['target_name', 'target_kind', 'namespace'],
  },
  wva_variant_info: {
    type: 'gauge',
    help: 'Always 1; joins the names of a variant, its model, role and cost to its replica series.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type', 'variant_name', 'model_name', 'role', 'cost'],
  },
  wva_replica_scaling_total: {
    type: 'counter',
    help: 'Changes of the desired replicas.',
    labels: ['target_name', 'target_kind', 'namespace', 'accelerator_type', 'direction', 'reason'],
  },
} as const;

export type ReplicaFamily = keyof typeof replicaFamilies;
export type ExpositionFormat = 'text' | 'openmetrics';

/** The HELP and TYPE lines. OpenMetrics names a family of counters without `_total`. */
export function familyHead(name: ReplicaFamily, format: ExpositionFormat): string {
  const { type, help } = replicaFamilies[name];
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}
