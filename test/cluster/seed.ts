/** The seed's world: one deployment, named apart from the resource that watches it, and the HPA on it. */
const namespace = 'llm-d-inference-scheduling';
const target = 'ms-inference-scheduling-decode';
const modelID = 'meta-llama/Llama-3.1-8B-Instruct';

export interface SeedVariant {
  readonly name: string;
  readonly accelerator: string;
  readonly spec?: Record<string, unknown>;
}

export const seed = {
  namespace,
  target,
  modelID,
  resource: 'ms-inference-scheduling-a100',
  selector: `target_name=${target},target_kind=Deployment`,
  metricPath: `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas?labelSelector=${encodeURIComponent(`target_name=${target},target_kind=Deployment`)}`,
  deploymentPath: `/apis/apps/v1/namespaces/${namespace}/deployments/${target}`,
  hpaPath: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${target}`,

  deployment: (replicas: number) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: target, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: target } },
      template: podTemplate(target),
    },
  }),

  variant: ({ name, accelerator, spec = {} }: SeedVariant) => ({
    apiVersion: 'llmd.ai/v1alpha1',
    kind: 'VariantAutoscaling',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      modelID,
      accelerator,
      ...spec,
    },
  }),

  /** As shipped, but that it may act at once, down too: the shipped pace is minutes, and is the HPA's own business. */
  hpa: (maxReplicas = 10) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: target, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      minReplicas: 1,
      maxReplicas,
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
        scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
      },
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: 'wva_desired_replicas', selector: { matchLabels: { target_name: target, target_kind: 'Deployment' } } },
            target: { type: 'AverageValue', averageValue: '1' },
          },
        },
      ],
    },
  }),
};

/** A pod of vLLM, as far as anything here reads it. */
export function podTemplate(app: string, model = modelID): object {
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [
        {
          name: 'vllm',
          image: 'vllm/vllm-openai:v0.11.0',
          args: ['--model', model],
          ports: [{ name: 'http', containerPort: 8000 }],
          resources: { limits: { 'nvidia.com/gpu': '1' } },
        },
      ],
    },
  };
}

/** The seed's adapter rule, completed by the query without which the adapter answers nothing. */
export const seedAdapterConfig = {
  externalRules: [
    {
      seriesQuery: 'wva_desired_replicas{target_name!="",exported_namespace!=""}',
      resources: { overrides: { exported_namespace: { resource: 'namespace' }, target_name: { resource: 'deployment' } } },
      name: { matches: '^wva_desired_replicas$', as: 'wva_desired_replicas' },
      metricsQuery: 'max by (exported_namespace, target_name, target_kind, accelerator_type) (<<.Series>>{<<.LabelMatchers>>})',
    },
  ],
};
