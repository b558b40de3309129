/** What the conformance steps create, as kubectl would be given it. */
export const deploymentYaml = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.0
          ports: [{containerPort: 8080, name: http}]
          env: [{name: MODE, value: fast}, {name: LEVEL, value: "3"}]
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1"}}
          readinessProbe: {httpGet: {path: /ready, port: http}}
        - name: sidecar
          image: example.com/sidecar
`;

export const deploymentChangedYaml = deploymentYaml.replace('web:1.0', 'web:1.1').replace('tier: front', 'tier: back').replace(', {name: LEVEL, value: "3"}', '');

export const statefulSetYaml = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec: {containers: [{name: store, image: "example.com/store:2"}]}
`;

export const hpaYaml = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 8
  metrics:
    - type: External
      external: {metric: {name: wva_desired_replicas, selector: {matchLabels: {target_name: web}}}, target: {type: AverageValue, averageValue: "1"}}
  behavior:
    scaleDown: {stabilizationWindowSeconds: 120}
`;

export const nodeYaml = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1, labels: {kubernetes.io/hostname: gpu-1, node-role.kubernetes.io/worker: ""}}
status:
  capacity: {cpu: "32", memory: 256Gi, nvidia.com/gpu: "8", pods: "110"}
  allocatable: {cpu: "32", memory: 256Gi, nvidia.com/gpu: "8", pods: "110"}
  addresses: [{type: InternalIP, address: 10.1.2.3}]
  conditions: [{type: Ready, status: "True", reason: KubeletReady, message: kubelet is posting ready status}]
  nodeInfo: {architecture: amd64, bootID: b, containerRuntimeVersion: "containerd://2.0", kernelVersion: 6.1.0, kubeProxyVersion: "", kubeletVersion: v1.36.3, machineID: m, operatingSystem: linux, osImage: Debian 12, systemUUID: s}
`;

export const podYaml = `
apiVersion: v1
kind: Pod
metadata: {name: single, labels: {app: single}}
spec:
  containers: [{name: main, image: "example.com/main:1"}]
`;

export const serviceYaml = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
`;

export const configMapYaml = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast, level: "3"}
`;

export const secretYaml = `
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {token: abc}
`;

export const leaseYaml = `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: leader}
spec: {holderIdentity: controller-1, leaseDurationSeconds: 15, acquireTime: "2026-01-01T00:00:00.000000Z", renewTime: "2026-01-01T00:00:10.000000Z", leaseTransitions: 1}
`;

export const eventYaml = `
apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: web.scaled}
eventTime: "2026-01-01T00:00:00.000000Z"
reportingController: wva
reportingInstance: wva-0
action: Scale
reason: ScaledUp
type: Normal
note: from 1 to 2
regarding: {apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop}
`;

export const variantYaml = `
apiVersion: llmd.ai/v1alpha1
kind: VariantAutoscaling
metadata: {name: chat-a100}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  modelID: org/chat-8b
  accelerator: A100
  acceleratorCount: 1
  variantCost: "40"
  minReplicas: 1
  maxReplicas: 8
`;

/** A resource of the test's own, with everything that a structural schema can ask. */
export const crdYaml = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shelves.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: shelves, singular: shelf, kind: Shelf, shortNames: [sh], categories: [all]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
      additionalPrinterColumns:
        - {name: Replicas, type: integer, jsonPath: .spec.replicas}
        - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
        - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
        - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
      schema:
        openAPIV3Schema:
          description: A place for things.
          type: object
          required: [spec]
          properties:
            spec:
              description: What is asked for.
              type: object
              required: [colour]
              x-kubernetes-validations:
                - {rule: "!has(self.most) || self.replicas <= self.most", message: replicas must not exceed most}
              properties:
                colour: {type: string, description: What it looks like., enum: [red, green]}
                replicas: {type: integer, format: int32, description: How many there are., minimum: 0, maximum: 10, default: 1}
                most: {type: integer, description: How many there may be.}
                name: {type: string, minLength: 2, maxLength: 5, pattern: '^[a-z]+$', x-kubernetes-validations: [{rule: self == oldSelf, message: name cannot change}]}
                size: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                tags: {type: array, maxItems: 3, x-kubernetes-list-type: set, items: {type: string}}
                books:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [title]
                  items: {type: object, required: [title], properties: {title: {type: string}, pages: {type: integer, default: 100}}}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status:
              type: object
              properties:
                replicas: {type: integer}
                selector: {type: string}
                conditions: {type: array, items: {type: object, properties: {type: {type: string}, status: {type: string}}}}
`;

export function shelfYaml(name: string, spec: string): string {
  return `apiVersion: example.com/v1\nkind: Shelf\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}
