import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, listen, systemClock } from '../../../src/runtime/index.ts';
import { createApiServer } from '../../../src/simulator/apiserver/index.ts';
import { createAuthority } from '../genuine/certificates.ts';
import { writeKubeconfig } from '../genuine/kubeconfig.ts';
import type { Side } from './run-steps.ts';

/** The simulator's API server behind TLS on loopback, with the same users as the genuine one. */
export async function startSimulated(): Promise<Side & { stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'wva-simulated-'));
  const authority = await createAuthority(folder, 'cluster-ca');
  const serving = await authority.issue('kube-apiserver', 'kube-apiserver');
  const tokens = { admin: 'admin-token', viewer: 'viewer-token' };
  // Nothing collects garbage behind the genuine server either: it runs without its controller manager.
  const server = createApiServer({
    clock: systemClock,
    random: createRandom('conformance'),
    garbageCollection: false,
    tokens: { [tokens.admin]: { username: 'admin', groups: ['system:masters'] }, [tokens.viewer]: { username: 'viewer', groups: [] } },
  });
  const listener = await listen(server.handle, { host: '127.0.0.1', port: 0, tls: { cert: serving.cert, key: serving.key } });
  return {
    baseUrl: listener.url,
    ca: authority.cert,
    tokens,
    kubeconfig: writeKubeconfig(join(folder, 'admin.kubeconfig'), { baseUrl: listener.url, ca: authority.cert }, tokens.admin),
    async stop() {
      await listener.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
