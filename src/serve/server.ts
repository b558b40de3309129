import type { KubernetesClient } from '../kubernetes/index.ts';
import type { Clock, Log, Meters, Transport } from '../runtime/index.ts';
import type { SeriesSource } from './series-source.ts';
import type { CertificateSource } from './tls/certificates.ts';

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface ServerOptions {
  /** TLS: /metrics and the external metrics API, every caller authenticated and authorised by the cluster. */
  readonly secure?: Address;
  /** Plain HTTP without authentication, for a demo or a sidecar: loopback addresses only. */
  readonly plain?: Address;
  /** Plain HTTP: /healthz, /livez, /readyz and nothing else. */
  readonly health?: Address;
  /** Whether `/apis/external.metrics.k8s.io/v1beta1` is answered. */
  readonly externalMetrics: boolean;
  /** Whether replica series carry `variant_name` too. */
  readonly variantNameLabel: boolean;
}

export interface Readiness {
  readonly ready: boolean;
  /** For people: what is being waited for. */
  readonly because?: string;
}

export interface ServerParts {
  readonly source: SeriesSource;
  /** Whether this instance decides. Only the leader's /metrics shows replica series. */
  leading(): boolean;
  readiness(): Readiness;
  readonly meters: Meters;
  readonly clock: Clock;
  readonly log: Log;
  /** Needed with `secure`: asks the API server about callers. */
  readonly client?: KubernetesClient;
  /** Needed with `secure`. */
  readonly certificates?: CertificateSource;
}

export interface Server {
  readonly urls: { readonly secure?: string; readonly plain?: string; readonly health?: string };
  /** The same routes without sockets and without authentication, for callers in this process. */
  readonly inProcess: Transport;
  /** Stops listening, lets requests in flight end for up to five seconds, then closes. */
  close(): Promise<void>;
}
