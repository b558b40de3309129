import { isKubernetesError, type KubernetesClient, resources } from '../../kubernetes/index.ts';
import type { Clock, Log } from '../../runtime/index.ts';
import type { Secret } from '../../wire/index.ts';
import { type CertificateSource, createHolder, servingCertificate, type ServingCertificate } from './certificates.ts';
import { defaultTimes, nextStep, type RotationTimes, type StoredCertificates, takeStep } from './rotation.ts';

export interface KeptCertificatesOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly secretName: string;
  /** DNS names and addresses by which callers reach this server, the Service's first. */
  readonly names: readonly string[];
  readonly times?: RotationTimes;
  /** Between two looks at the Secret; 60 s unless told. */
  readonly checkMs?: number;
  /** Ends the wait for the first certificate. */
  readonly signal?: AbortSignal;
}

const retryMs = 2000;
/** Instances that start together meet at most so many conflicts. */
const mostConflicts = 10;

/** The names by which a Service is reached in a cluster, and this machine's own. */
export function serviceNames(service: { readonly namespace: string; readonly name: string }): string[] {
  const { namespace, name } = service;
  return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`, `${name}.${namespace}`, 'localhost', '127.0.0.1'];
}

/**
 * A CA and serving certificate of our own, kept in a Secret that all instances share and any of them renews: whoever
 * comes second gets a 409, reads again and uses what the first one wrote. Looked at every `checkMs`.
 *
 * Resolves with the first certificate, however long the API server takes; rejects only by `signal`.
 */
export async function keepCertificates(options: KeptCertificatesOptions): Promise<CertificateSource> {
  const { client, clock, log, namespace, secretName, names, times = defaultTimes, checkMs = 60_000 } = options;
  const about = `Secret ${namespace}/${secretName}`;

  async function read(): Promise<Secret | undefined> {
    try {
      return await client.get<Secret>(resources.secrets, secretName, { namespace });
    } catch (error) {
      if (isKubernetesError(error, 404)) return undefined;
      throw error;
    }
  }

  async function write(secret: Secret | undefined, stored: StoredCertificates): Promise<Secret> {
    const data = { ...secret?.data, ...encode(stored) };
    if (secret !== undefined) return await client.replace<Secret>(resources.secrets, secretName, { ...secret, data }, { namespace });
    const metadata = { name: secretName, namespace, labels: { 'app.kubernetes.io/name': 'workload-variant-autoscaler' } };
    return await client.create<Secret>(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data }, { namespace });
  }

  /** Brings the Secret up to date and says what it holds then. */
  async function settle(): Promise<ServingCertificate> {
    for (let conflicts = 0; ; ) {
      const secret = await read();
      const stored = secret && decode(secret);
      const nowMs = clock.now();
      const step = nextStep(stored, names, times, nowMs);
      const next = await takeStep(step, stored, names, times, nowMs);
      if (next === undefined) {
        if (stored === undefined) throw new Error(`${about} holds nothing.`);
        return servingCertificate(stored);
      }
      try {
        await write(secret, next);
        if (step.kind !== 'keep') log.info({ secret: `${namespace}/${secretName}`, step: step.kind, why: step.why }, `${about}: ${step.kind}, because ${step.why}.`);
      } catch (error) {
        if (!isKubernetesError(error, 409) || ++conflicts > mostConflicts) throw error;
      }
    }
  }

  let first: ServingCertificate | undefined;
  let complaint = '';
  const complain = (error: unknown, consequence: string): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== complaint) log.warn({ error: message }, `The certificates in ${about} could not be read or renewed. ${consequence}`);
    complaint = message;
  };
  while (first === undefined) {
    try {
      first = await settle();
    } catch (error) {
      options.signal?.throwIfAborted();
      complain(error, 'The secure port stays closed until they can; it is tried again every two seconds.');
      await clock.sleep(retryMs, options.signal);
    }
  }

  const holder = createHolder(first);
  const stopping = new AbortController();
  async function follow(): Promise<void> {
    for (;;) {
      await clock.sleep(checkMs, stopping.signal);
      try {
        if (holder.replace(await settle())) log.info({ notAfter: new Date(holder.current().notAfterMs).toISOString() }, 'The serving certificate or its CA bundle has changed and is in use.');
        complaint = '';
      } catch (error) {
        complain(error, `The certificate in use stays until ${new Date(holder.current().notAfterMs).toISOString()}; it is tried again every ${checkMs / 1000} s.`);
      }
    }
  }
  const following = follow().catch(() => {});

  return {
    current: () => holder.current(),
    onChange: (listener) => holder.onChange(listener),
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

function encode(stored: StoredCertificates): Record<string, string> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return { 'tls.crt': base64(stored.cert), 'tls.key': base64(stored.key), 'ca.crt': base64(stored.bundle), 'ca.key': base64(stored.authorityKey) };
}

/** `undefined` for a Secret that was made empty, for us to fill. */
function decode({ data = {} }: Secret): StoredCertificates | undefined {
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  const stored = { bundle: text('ca.crt'), authorityKey: text('ca.key'), cert: text('tls.crt'), key: text('tls.key') };
  return Object.values(stored).every((part) => part === '') ? undefined : stored;
}
