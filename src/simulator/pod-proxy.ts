import { textResponse, TransportError } from '../runtime/index.ts';
import type { Transport } from '../runtime/index.ts';
import type { Pod } from '../wire/index.ts';
import type { Cluster } from './controllers/cluster.ts';
import { kinds } from './controllers/cluster.ts';

const path = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/:]+)(?::(\d+))?\/proxy(\/.*)?$/;

/**
 * An API server with the `proxy` subresource of pods: `kubectl get --raw` and curl reach what listens in a pod through the
 * one address that the world has outside. The port is the first container's unless it is named.
 */
export function withPodProxy(apiServer: Transport, cluster: Cluster, pods: Transport): Transport {
  return async (request) => {
    const url = new URL(request.url);
    const match = path.exec(url.pathname);
    if (match === null) return apiServer(request);
    const [, namespace = '', name = '', port, rest = '/'] = match;
    const pod = cluster.get<Pod>(kinds.pods, namespace, name);
    if (pod === undefined) return failure(404, 'NotFound', `pods "${name}" not found`);
    const ip = pod.status?.podIP;
    if (ip === undefined) return failure(503, 'ServiceUnavailable', `address not allowed: pod "${name}" has no address yet`);
    const target = `http://${ip}:${port ?? pod.spec?.containers[0]?.ports?.[0]?.containerPort ?? 80}${rest}${url.search}`;
    try {
      return await pods({ ...request, url: target });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return failure(503, 'ServiceUnavailable', `error trying to reach service: ${error.message}`);
    }
  };
}

function failure(code: number, reason: string, message: string) {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return textResponse(code, JSON.stringify(status), { 'content-type': 'application/json' });
}
