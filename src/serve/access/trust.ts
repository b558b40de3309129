import { X509Certificate } from 'node:crypto';
import { type KubernetesClient, resources } from '../../kubernetes/index.ts';
import type { Clock, Log } from '../../runtime/index.ts';
import type { ConfigMap } from '../../wire/index.ts';

/** Whom the cluster's API server tells its extensions to trust. */
export interface Trust {
  /** CAs of users' client certificates. */
  readonly clientAuthorities: readonly X509Certificate[];
  /** CAs of the aggregator's client certificate. */
  readonly proxyAuthorities: readonly X509Certificate[];
  /** Common names that the aggregator may have; empty: any that its CA signed. */
  readonly proxyNames: readonly string[];
  /** Lower case. The first that has a value wins. */
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  /** Lower case. */
  readonly extraPrefixes: readonly string[];
}

const mapName = 'extension-apiserver-authentication';
const mapNamespace = 'kube-system';
const rereadMs = 30_000;
/** At most this often when a caller's certificate is not known; until it is read for the first time, in steps that double. */
const soonMs = 1000;

/** Follows ConfigMap kube-system/extension-apiserver-authentication. */
export interface TrustFollower {
  /** `undefined`: not read yet. */
  current(): Trust | undefined;
  /** Somebody showed a certificate that is not trusted: the CA may have been rotated. */
  doubt(): void;
  stop(): void;
}

export function followTrust(parts: { readonly client: KubernetesClient; readonly clock: Clock; readonly log: Log }): TrustFollower {
  const { client, clock, log } = parts;
  let trust: Trust | undefined;
  let source = '';
  let stopped = false;
  let cancel = (): void => {};
  let nextAtMs = Infinity;
  let complaint = '';
  let failures = 0;

  async function read(): Promise<void> {
    try {
      const { data = {} } = await client.get<ConfigMap>(resources.configMaps, mapName, { namespace: mapNamespace });
      const text = JSON.stringify(data);
      if (text !== source) {
        trust = parseTrust(data);
        source = text;
        log.info({ clientAuthorities: trust.clientAuthorities.length, proxyAuthorities: trust.proxyAuthorities.length }, `Callers are authenticated as ConfigMap ${mapNamespace}/${mapName} says.`);
      }
      complaint = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const consequence = trust === undefined ? 'Callers with client certificates, the API server among them, are turned away with 503 until then.' : 'What it said before stays in force.';
      if (message !== complaint) log.warn({ error: message }, `ConfigMap ${mapNamespace}/${mapName} could not be read or understood. ${consequence} It is read again.`);
      complaint = message;
    }
    failures = trust === undefined ? failures + 1 : 0;
    if (!stopped) plan(failures === 0 ? rereadMs : Math.min(rereadMs, soonMs * 2 ** (failures - 1)));
  }

  function plan(delayMs: number): void {
    cancel();
    nextAtMs = clock.now() + delayMs;
    cancel = clock.schedule(delayMs, () => {
      nextAtMs = Infinity;
      void read();
    });
  }

  void read();
  return {
    current: () => trust,
    doubt() {
      if (nextAtMs !== Infinity && nextAtMs - clock.now() > soonMs) plan(soonMs);
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** @throws when a certificate or list cannot be read. */
export function parseTrust(data: Readonly<Record<string, string>>): Trust {
  return {
    clientAuthorities: certificatesIn(data['client-ca-file']),
    proxyAuthorities: certificatesIn(data['requestheader-client-ca-file']),
    proxyNames: listIn(data, 'requestheader-allowed-names'),
    usernameHeaders: listIn(data, 'requestheader-username-headers').map(lower),
    uidHeaders: listIn(data, 'requestheader-uid-headers').map(lower),
    groupHeaders: listIn(data, 'requestheader-group-headers').map(lower),
    extraPrefixes: listIn(data, 'requestheader-extra-headers-prefix').map(lower),
  };
}

function certificatesIn(pem: string | undefined): X509Certificate[] {
  return [...(pem ?? '').matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([one]) => new X509Certificate(one));
}

function listIn(data: Readonly<Record<string, string>>, key: string): string[] {
  const text = data[key];
  if (text === undefined || text === '') return [];
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw new Error(`Its key ${key} is not a list of texts: ${text}`);
  return list.map((item: string) => item.trim()).filter((item) => item !== '');
}

function lower(text: string): string {
  return text.toLowerCase();
}
