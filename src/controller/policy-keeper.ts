import { localNames, readPolicy, sourceOf, sourcesInText, type PolicyProblem, type PolicyReading, type PolicySource } from '../config/index.ts';
import { apiVersionOf, resources, startCache, type EventRecorder, type KubernetesClient, type ObjectCache } from '../kubernetes/index.ts';
import type { PolicySet } from '../model/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import type { ConfigMap } from '../wire/index.ts';

export interface PolicyKeeperOptions {
  readonly client: KubernetesClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Of the controller. */
  readonly namespace: string;
  /** Of the saturation scaling ConfigMap. */
  readonly name: string;
  /** Namespaces that may have a policy of their own; an empty list is all of them. Absent: none may. */
  readonly local?: readonly string[];
  /** A file that has the last word. */
  readonly file?: { readonly path: string; readonly read: () => Promise<string> };
  /** What is said by settings of the process, below everything else. */
  readonly settings?: readonly PolicySource[];
  /** Something was read: the policy in force may be another one, or a source was refused. Both are news. */
  onRead(reading: PolicyReading): void;
}

export interface PolicyKeeper {
  /** In force now. */
  current(): PolicySet;
  /** Where it comes from. */
  reading(): PolicyReading;
  /** Resolves when all places have been read, or found empty; after ten seconds in any case. Rejects with the signal's reason. */
  whenRead(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** A controller that may not read ConfigMaps decides by the built-in policy, after this long. */
const patienceMs = 10_000;
/** How often a file is looked at. A mounted ConfigMap is a minute late by itself. */
const fileMs = 5000;

/** Follows all that is written about deciding; what is wrong with it is said once, all of it, and the last good policy stays. */
export function keepPolicy(options: PolicyKeeperOptions): PolicyKeeper {
  const { client, events, clock, log, random, namespace, name, file, settings = [] } = options;
  const places = { namespace, saturationName: name };
  const stopping = new AbortController();
  let inFile: readonly PolicySource[] = [];
  let reading = readPolicy(settings);
  const told = new Map<string, string>();
  const fileRead = Promise.withResolvers<void>();
  if (file === undefined) fileRead.resolve();

  const common = { client, resource: resources.configMaps, clock, log, random };
  const own = startCache<ConfigMap>({ ...common, namespace });
  const local = options.local === undefined ? [] : (options.local.length === 0 ? [undefined] : options.local).flatMap((where) => localNames(name).map((which) => startCache<ConfigMap>({ ...common, namespace: where, fieldSelector: `metadata.name=${which}` })));
  const caches: readonly ObjectCache<ConfigMap>[] = [own, ...local];

  own.onChange(({ object }) => {
    if (sourceOf(object, places) !== undefined) look();
  });
  for (const cache of local) cache.onChange(() => look());
  const following = file === undefined ? Promise.resolve() : followFile(file).catch(() => {});

  function look(): void {
    const inCluster = new Map<string, { readonly source: PolicySource; readonly configMap: ConfigMap }>();
    for (const configMap of caches.flatMap((cache) => [...cache.list()])) {
      const source = sourceOf(configMap, places);
      if (source !== undefined) inCluster.set(source.name, { source, configMap });
    }
    const before = reading;
    reading = readPolicy([...settings, ...[...inCluster.values()].map(({ source }) => source), ...inFile], before.statements);
    tell(before, (source) => inCluster.get(source)?.configMap);
    options.onRead(reading);
  }

  /** What became of a source is said once for each version of it. */
  function tell(before: PolicyReading, configMapOf: (source: string) => ConfigMap | undefined): void {
    for (const { name: source, hash, valid } of reading.sources) {
      const problems = reading.problems.filter((problem) => problem.source === source);
      const version = JSON.stringify([hash, problems.map(({ message }) => message)]);
      if (told.get(source) === version) continue;
      told.set(source, version);
      for (const { severity, message, key, value, allowed } of problems) log[severity === 'error' ? 'error' : 'warn']({ source, key, value, allowed }, message);
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (valid) log.info({ source, hash }, `The policy of ${source} is in force.`);
      else {
        log.error({ source, problems: errors.length }, `${source} was refused; the last good policy stays in force.`);
        tellEvent(configMapOf(source), errors);
      }
    }
    for (const { name: source } of before.sources) {
      if (reading.sources.some((now) => now.name === source)) continue;
      told.delete(source);
      log.info({ source }, `${source} is gone; what it said no longer counts.`);
    }
  }

  function tellEvent(configMap: ConfigMap | undefined, errors: readonly PolicyProblem[]): void {
    if (configMap === undefined) return;
    const { uid, namespace: where = namespace, name: which = name } = configMap.metadata ?? {};
    events.record({
      regarding: { apiVersion: apiVersionOf(resources.configMaps), kind: resources.configMaps.kind, namespace: where, name: which, ...(uid !== undefined && { uid }) },
      type: 'Warning',
      reason: 'ConfigurationRejected',
      action: 'Configure',
      note: `The last good policy stays in force. ${errors.map(({ message }) => message).join(' ')}`,
    });
  }

  async function followFile({ path, read }: NonNullable<PolicyKeeperOptions['file']>): Promise<void> {
    let last: string | undefined;
    let complaint = '';
    for (;;) {
      try {
        const text = await read();
        // a name that is a link is followed anew each time, so that a mounted ConfigMap is seen to change
        if (text !== last) {
          last = text;
          const found = sourcesInText(text, path, places);
          for (const problem of found.problems) log.error({ file: path }, `${problem} The last good policy stays in force.`);
          if (found.problems.length === 0) {
            inFile = found.sources.map((source) => ({ ...source, last: true }));
            look();
          }
        }
        complaint = '';
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== complaint) log.error({ file: path, error: message }, `The policy file ${path} cannot be read; what it said last stays in force.`);
        complaint = message;
      }
      fileRead.resolve();
      await clock.sleep(fileMs, stopping.signal);
    }
  }

  return {
    current: () => reading.policy,
    reading: () => reading,
    async whenRead(signal) {
      const settled = new AbortController();
      const either = AbortSignal.any([signal, settled.signal]);
      try {
        await Promise.race([Promise.all([fileRead.promise, ...caches.map((cache) => cache.whenSynced(either))]), clock.sleep(patienceMs, either)]);
      } finally {
        settled.abort();
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all([...caches.map((cache) => cache.stop()), following]);
    },
  };
}
