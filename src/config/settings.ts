import type { Kind } from './kinds.ts';
import { address, byteCount, choice, duration, flag, name, names, path, text, url, wholeNumber } from './kinds.ts';

/** One thing that is fixed when the process starts: from a flag, else from the environment, else the default. */
export interface Setting<T> {
  /** Without the two dashes. Secrets have none, since every user of a machine can read the flags of a process. */
  readonly flag?: string;
  readonly env: string;
  readonly kind: Kind<T>;
  /** Absent: the setting itself may be absent. */
  readonly default?: T;
  readonly description: string;
}

const required = <T>(setting: Omit<Setting<T>, 'default'> & { readonly default: NoInfer<T> }): Setting<T> & { readonly default: T } => setting;
const optional = <T>(setting: Omit<Setting<T>, 'default'>): Omit<Setting<T>, 'default'> => setting;
const minute = 60_000;

/**
 * All settings, in the order in which help and docs/reference/configuration.md show them. Names of variables and flags of
 * released versions are kept where they mean the same.
 */
export const settings = {
  // what it connects to
  kubeconfig: optional({ flag: 'kubeconfig', env: 'KUBECONFIG', kind: path, description: 'Kubeconfig file. Without it: the service account of the pod, or the default kubeconfig of the user.' }),
  context: optional({ flag: 'context', env: 'KUBE_CONTEXT', kind: text, description: 'Context of the kubeconfig; its current one if absent.' }),
  restTimeoutMs: required({ flag: 'rest-client-timeout', env: 'REST_CLIENT_TIMEOUT', kind: duration(1000, 10 * minute), default: minute, description: 'How long a request to the Kubernetes API may take.' }),
  watchNamespaces: required({ flag: 'watch-namespace', env: 'WATCH_NAMESPACE', kind: names, default: [], description: 'Only these namespaces are watched, and only Roles in them are needed. Empty: all of them.' }),
  podNamespace: required({ flag: 'pod-namespace', env: 'POD_NAMESPACE', kind: name, default: 'workload-variant-autoscaler-system', description: 'Namespace of the controller itself: of its Lease, its ConfigMaps and its certificate.' }),
  podName: optional({ flag: 'pod-name', env: 'POD_NAME', kind: name, description: 'Name of the pod, for the Lease and for events; the name of the machine if absent.' }),

  // when it decides
  intervalMs: required({ flag: 'interval', env: 'GLOBAL_OPT_INTERVAL', kind: duration(1000, 10 * minute), default: 15_000, description: 'Time between two decisions. A change of a resource or a target is looked at earlier, a second after it.' }),
  wakePollMs: required({ flag: 'wake-poll-interval', env: 'WVA_WAKE_POLL_INTERVAL', kind: duration(0, minute), default: 400, description: 'Time between two questions to the routers of models that are at zero, so that the first request brings one back at once. None is asked while no model is at zero; 0: none is ever asked, and a request waits for the next decision.' }),
  leaderElect: required({ flag: 'leader-elect', env: 'LEADER_ELECT', kind: flag, default: false, description: 'Lets one of several replicas of the controller decide. The others serve what it decided.' }),
  leaderElectionID: required({ flag: 'leader-election-id', env: 'LEADER_ELECTION_ID', kind: name, default: '72dd1cf1.llm-d.ai', description: 'Name of the Lease.' }),
  leaseDurationMs: required({ flag: 'leader-election-lease-duration', env: 'LEADER_ELECTION_LEASE_DURATION', kind: duration(1000, 10 * minute), default: 15_000, description: 'How long the others wait for a leader that is silent.' }),
  renewDeadlineMs: required({ flag: 'leader-election-renew-deadline', env: 'LEADER_ELECTION_RENEW_DEADLINE', kind: duration(500, 10 * minute), default: 10_000, description: 'How long a leader tries to renew before it steps down. Shorter than the lease duration.' }),
  retryPeriodMs: required({ flag: 'leader-election-retry-period', env: 'LEADER_ELECTION_RETRY_PERIOD', kind: duration(100, minute), default: 2000, description: 'Time between two attempts to take or to renew the Lease. Shorter than the renew deadline.' }),
  controllerInstance: optional({ flag: 'controller-instance', env: 'CONTROLLER_INSTANCE', kind: text, description: 'Only resources whose label wva.llmd.ai/controller-instance has this value are looked after.' }),

  // where the load is read
  metricSource: required({ flag: 'metric-source', env: 'WVA_METRIC_SOURCE', kind: choice('auto', 'prometheus', 'scrape'), default: 'auto', description: 'Where the load of the servers is read: from Prometheus, or by scraping their pods. auto takes Prometheus if its URL is set.' }),
  prometheusUrl: optional({ flag: 'prometheus-url', env: 'PROMETHEUS_BASE_URL', kind: url, description: 'URL of Prometheus.' }),
  prometheusAllowHttp: required({ flag: 'prometheus-allow-http', env: 'PROMETHEUS_ALLOW_HTTP', kind: flag, default: false, description: 'Allows a plain http URL. No token and no certificate may be set with it.' }),
  prometheusInsecureSkipVerify: required({ flag: 'prometheus-insecure-skip-verify', env: 'PROMETHEUS_TLS_INSECURE_SKIP_VERIFY', kind: flag, default: false, description: 'Takes any certificate of Prometheus. Anyone between the two can then read and change what it says.' }),
  prometheusCaPath: optional({ flag: 'prometheus-ca', env: 'PROMETHEUS_CA_CERT_PATH', kind: path, description: 'PEM file of the CA of Prometheus.' }),
  prometheusCertPath: optional({ flag: 'prometheus-cert', env: 'PROMETHEUS_CLIENT_CERT_PATH', kind: path, description: 'PEM file of the client certificate for Prometheus.' }),
  prometheusKeyPath: optional({ flag: 'prometheus-key', env: 'PROMETHEUS_CLIENT_KEY_PATH', kind: path, description: 'PEM file of its key.' }),
  prometheusServerName: optional({ flag: 'prometheus-server-name', env: 'PROMETHEUS_SERVER_NAME', kind: text, description: 'Name that the certificate of Prometheus must carry, if it is not that of the URL.' }),
  prometheusToken: optional({ env: 'PROMETHEUS_BEARER_TOKEN', kind: text, description: 'Bearer token for Prometheus. Wins over the file.' }),
  prometheusTokenPath: optional({ flag: 'prometheus-token-file', env: 'PROMETHEUS_TOKEN_PATH', kind: path, description: 'File with a bearer token for Prometheus. It is read again when it changes.' }),

  // how decisions get out
  metricsAddress: required({ flag: 'metrics-bind-address', env: 'METRICS_BIND_ADDRESS', kind: address, default: { host: '', port: 8443 }, description: 'Where /metrics and the external metrics API are served.' }),
  metricsSecure: required({ flag: 'metrics-secure', env: 'METRICS_SECURE', kind: flag, default: true, description: 'Serves them over TLS, to those whom Kubernetes lets. false: plain http without asking who calls, on loopback addresses only, for a sidecar or a trial.' }),
  metricSeries: required({ flag: 'metric-series', env: 'WVA_METRIC_SERIES', kind: flag, default: true, description: 'Shows the replica series at /metrics, for Prometheus with its adapter or KEDA. false: only the metrics of the controller itself are there.' }),
  externalMetrics: required({ flag: 'external-metrics', env: 'WVA_EXTERNAL_METRICS', kind: flag, default: true, description: 'Serves the external metrics API, so that a HorizontalPodAutoscaler needs no adapter. If another server holds it already, it stays with that one.' }),
  actuation: required({ flag: 'actuation', env: 'WVA_ACTUATION', kind: choice('metric', 'direct'), default: 'metric', description: 'What is done with decisions about resources that do not say it themselves (spec.actuation): metric leaves scaling to an autoscaler, direct writes the scale subresource.' }),
  variantNameLabel: required({ flag: 'variant-name-label', env: 'WVA_VARIANT_NAME_LABEL', kind: flag, default: false, description: 'Adds the label variant_name to the replica series, for autoscalers that were written for released versions.' }),
  certPath: optional({ flag: 'metrics-cert-path', env: 'METRICS_CERT_PATH', kind: path, description: 'Folder with a certificate and its key from another issuer. They are read again when they change. Without it the controller keeps a CA of its own.' }),
  certName: required({ flag: 'metrics-cert-name', env: 'METRICS_CERT_NAME', kind: text, default: 'tls.crt', description: 'Name of the certificate in that folder.' }),
  certKey: required({ flag: 'metrics-cert-key', env: 'METRICS_CERT_KEY', kind: text, default: 'tls.key', description: 'Name of the key in that folder.' }),
  caSecretName: required({ flag: 'ca-secret-name', env: 'WVA_CA_SECRET_NAME', kind: name, default: 'workload-variant-autoscaler-serving-ca', description: 'Secret in which the controller keeps its own CA.' }),
  serviceName: required({ flag: 'service-name', env: 'WVA_SERVICE_NAME', kind: name, default: 'workload-variant-autoscaler-controller-manager-metrics-service', description: 'Service in front of the controller: the name in its certificate and in the APIService.' }),
  healthAddress: required({ flag: 'health-probe-bind-address', env: 'HEALTH_PROBE_BIND_ADDRESS', kind: address, default: { host: '', port: 8081 }, description: 'Where /healthz and /readyz are served, without TLS.' }),

  // the rest
  saturationConfigMapName: required({ flag: 'saturation-config-map', env: 'SATURATION_CONFIG_MAP_NAME', kind: name, default: 'wva-saturation-scaling-config', description: 'ConfigMap with the policy, in the namespace of the controller. It may change while the controller runs.' }),
  policyFile: optional({ flag: 'policy', env: 'WVA_POLICY', kind: path, description: 'File with a policy, such as a mounted ConfigMap. It is read again when it changes, and has the last word over every ConfigMap.' }),
  namespaceConfig: required({ flag: 'namespace-config', env: 'WVA_NAMESPACE_CONFIG', kind: flag, default: false, description: 'Namespaces may have a policy of their own: ConfigMaps of the same names in them speak for that namespace alone. Needs the rights of deploy/namespace-config.' }),
  scaleToZero: required({ flag: 'scale-to-zero', env: 'WVA_SCALE_TO_ZERO', kind: flag, default: false, description: 'Whether the last replica may go where no policy and no resource says.' }),
  record: optional({ flag: 'record', env: 'WVA_RECORD', kind: path, description: 'File to which every cycle is written as a JSON line, for wva replay, wva explain, wva backtest and wva whatif; compressed if its name ends in .gz or .zst.' }),
  recordMaxBytes: required({ flag: 'record-max-bytes', env: 'WVA_RECORD_MAX_BYTES', kind: byteCount(1024, 2 ** 40), default: 256 * 2 ** 20, description: 'Size at which that file is put aside under a name with the time, and the next one begins.' }),
  recordFiles: required({ flag: 'record-files', env: 'WVA_RECORD_FILES', kind: wholeNumber(1, 10_000), default: 4, description: 'How many such files are kept, the one being written among them.' }),
  logLevel: required({ flag: 'log-level', env: 'LOG_LEVEL', kind: choice('trace', 'debug', 'info', 'warn', 'error'), default: 'info', description: 'The least level that is logged.' }),
} as const;

type Settings = typeof settings;
type ValueOf<S> = S extends { readonly kind: Kind<infer T> } ? T : never;
type WithDefault = { [K in keyof Settings]: Settings[K] extends { readonly default: unknown } ? K : never }[keyof Settings];

/** What is fixed when the process starts. Durations are in milliseconds. */
export type Options = { readonly [K in WithDefault]: ValueOf<Settings[K]> } & {
  readonly [K in Exclude<keyof Settings, WithDefault>]?: ValueOf<Settings[K]>;
};
