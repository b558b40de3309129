import { policyFromConfigMaps, type PolicyProblem } from '../config/index.ts';
import { apiVersionOf, resources, startCache, type EventRecorder, type KubernetesClient } from '../kubernetes/index.ts';
import type { PolicySet } from '../model/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import type { ConfigMap } from '../wire/index.ts';

export interface PolicyKeeperOptions {
  readonly client: KubernetesClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  readonly initial: PolicySet;
  /** The policy in force is another one, or a refused one was read: both are news. */
  onRead(policy: PolicySet, problems: readonly PolicyProblem[]): void;
}

export interface PolicyKeeper {
  /** In force now: the last good one. */
  current(): PolicySet;
  /** Resolves when the ConfigMap has been read, or found absent; after ten seconds in any case. Rejects with the signal's reason. */
  whenRead(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** A controller that may not read ConfigMaps decides by the built-in policy, after this long. */
const patienceMs = 10_000;

/** Follows the ConfigMap of the policy; what is wrong with it is said once, all of it, and the last good policy stays. */
export function keepPolicy(options: PolicyKeeperOptions): PolicyKeeper {
  const { client, events, clock, log, random, namespace, name } = options;
  let policy = options.initial;
  const cache = startCache<ConfigMap>({ client, resource: resources.configMaps, namespace, fieldSelector: `metadata.name=${name}`, clock, log, random });

  cache.onChange(() => {
    const configMap = cache.get(namespace, name);
    const read = policyFromConfigMaps(configMap ? [configMap] : [], policy);
    const errors = read.problems.filter(({ severity }) => severity === 'error');
    for (const { severity, message, key, value, allowed } of read.problems) log[severity === 'error' ? 'error' : 'warn']({ configMap: `${namespace}/${name}`, key, value, allowed }, message);
    if (errors.length > 0) {
      log.error({ configMap: `${namespace}/${name}`, problems: errors.length }, `ConfigMap ${namespace}/${name} was refused; the last good policy stays in force.`);
      tellEvent(configMap, errors);
    } else log.info({ configMap: `${namespace}/${name}`, policy: read.policy }, configMap ? `The policy of ConfigMap ${namespace}/${name} is in force.` : `ConfigMap ${namespace}/${name} is gone; the built-in policy is in force.`);
    policy = read.policy;
    options.onRead(policy, read.problems);
  });

  function tellEvent(configMap: ConfigMap | undefined, errors: readonly PolicyProblem[]): void {
    const uid = configMap?.metadata?.uid;
    events.record({
      regarding: { apiVersion: apiVersionOf(resources.configMaps), kind: resources.configMaps.kind, namespace, name, ...(uid !== undefined && { uid }) },
      type: 'Warning',
      reason: 'ConfigurationRejected',
      action: 'Configure',
      note: `The last good policy stays in force. ${errors.map(({ message }) => message).join(' ')}`,
    });
  }

  return {
    current: () => policy,
    async whenRead(signal) {
      const settled = new AbortController();
      const either = AbortSignal.any([signal, settled.signal]);
      try {
        await Promise.race([cache.whenSynced(either), clock.sleep(patienceMs, either)]);
      } finally {
        settled.abort();
      }
    },
    stop: () => cache.stop(),
  };
}
