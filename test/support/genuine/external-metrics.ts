import type { ControlPlane } from './control-plane.ts';

const apiServicePath = '/apis/apiregistration.k8s.io/v1/apiservices';
export const externalMetricsApiService = 'v1beta1.external.metrics.k8s.io';

export interface ExternalMetricsBackend {
  readonly port: number;
  /** The Service's name, by which an APIService shows whose it is. */
  readonly name?: string;
  readonly namespace?: string;
  /** PEM; without it the API server does not check the backend's certificate. */
  readonly ca?: string;
}

/**
 * Points the cluster's external metrics API at a server on loopback: an APIService on a Service of type
 * ExternalName `localhost`. Replaces what was registered before.
 */
export async function registerExternalMetrics(plane: ControlPlane, backend: ExternalMetricsBackend): Promise<void> {
  const { name = 'external-metrics', namespace = 'kube-system' } = backend;
  await unregisterExternalMetrics(plane);
  await plane.kubectlOk(['apply', '-f', '-'], {
    stdin: JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace },
          spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: backend.port }] },
        },
        {
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          metadata: { name: externalMetricsApiService },
          spec: {
            group: 'external.metrics.k8s.io',
            version: 'v1beta1',
            groupPriorityMinimum: 100,
            versionPriority: 100,
            service: { name, namespace, port: backend.port },
            ...(backend.ca === undefined
              ? { insecureSkipTLSVerify: true }
              : { caBundle: Buffer.from(backend.ca).toString('base64') }),
          },
        },
      ],
    }),
  });
}

export async function unregisterExternalMetrics(plane: ControlPlane): Promise<void> {
  await plane.request(`${apiServicePath}/${externalMetricsApiService}`, { method: 'DELETE' });
}

/** Waits until the API server says the external metrics API is served, or rejects with its last word on it. */
export async function untilExternalMetricsServed(plane: ControlPlane, timeoutMs = 30_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await plane.request('/apis/external.metrics.k8s.io/v1beta1');
    if (answer.status === 200) return;
    if (Date.now() > endMs) {
      const state = await plane.request(`${apiServicePath}/${externalMetricsApiService}`);
      throw new Error(`The external metrics API is not served: ${answer.status} ${answer.text}\n${state.text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
