import { setImmediate as nextTurn } from 'node:timers/promises';
import { startController } from '../../../src/cli/compose.ts';
import { own, withProductInstalled } from '../../../src/cli/demo/cluster.ts';
import { optionsFrom } from '../../../src/config/index.ts';
import type { CycleRecord } from '../../../src/model/index.ts';
import { createManualClock, createRandom, readText, type Log, type ManualClock } from '../../../src/runtime/index.ts';
import { createWorld, type Scenario, type World } from '../../../src/simulator/index.ts';
import { parseExposition, variantAutoscalingCrd, type KubernetesObject, type VariantAutoscaling, type Workload } from '../../../src/wire/index.ts';
import { namespace } from './cluster.ts';

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

/** One controller in the story. */
export interface Product {
  readonly records: readonly CycleRecord[];
  readonly log: readonly LogEntry[];
  /** The samples of /metrics whose name is this one. */
  metric(name: string): Promise<Series[]>;
  /** `target/accelerator=desired` of each replica series on /metrics, in order. */
  desired(): Promise<string[]>;
  get(path: string): Promise<{ status: number; text: string }>;
  /** All that was seen of `desired()` since the start, ten times a second, without repetitions. */
  readonly seen: readonly string[];
  stop(): Promise<void>;
  readonly hasEnded: boolean;
}

export interface EventSeen {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly about: string;
}

export interface Story {
  readonly clock: ManualClock;
  readonly world: World;
  /** Moves time, and looks at every running product's /metrics ten times a second. */
  advance(seconds: number): Promise<void>;
  start(name?: string, flags?: Readonly<Record<string, unknown>>, onCycle?: (record: CycleRecord) => void): Promise<Product>;
  va(name: string): VariantAutoscaling;
  /** `Reason: message` of a condition. */
  condition(name: string, type: string): string;
  statusDesired(name: string): number | undefined;
  events(): readonly EventSeen[];
  replicas(name: string, plural?: 'deployments' | 'statefulsets'): number | undefined;
  create(object: KubernetesObject): void;
  edit(plural: Plural, name: string, change: (object: Editable) => KubernetesObject): void;
  remove(plural: Plural, name: string): void;
  policy(data: Readonly<Record<string, string>>): void;
  end(): Promise<void>;
}

const resources = {
  variantautoscalings: { group: 'llmd.ai', plural: 'variantautoscalings' },
  deployments: { group: 'apps', plural: 'deployments' },
  statefulsets: { group: 'apps', plural: 'statefulsets' },
  horizontalpodautoscalers: { group: 'autoscaling', plural: 'horizontalpodautoscalers' },
  scaledobjects: { group: 'keda.sh', plural: 'scaledobjects' },
  pods: { group: '', plural: 'pods' },
  nodes: { group: '', plural: 'nodes' },
} as const;
type Plural = keyof typeof resources;

/** An object whose spec a story changes. */
type Editable = KubernetesObject & { readonly spec: object };

const stepMs = 100;

export interface Beginning {
  readonly seed?: string;
  /** What the policy's ConfigMap says from the start, instead of what the demo installs. */
  readonly policy?: Readonly<Record<string, string>>;
}

/**
 * The embedded world on a manual clock with the product installed in it: two-second cycles, and the policy of the demo unless the
 * story begins with another. A minute of it takes a fraction of a second.
 */
export function tell(scenario: Scenario, { seed = 'story', policy: beginning }: Beginning = {}): Story {
  const clock = createManualClock(Date.UTC(2026, 0, 1, 12));
  const world = createWorld({ seed, clock, scenario: withProductInstalled(scenario), customResourceDefinitions: [variantAutoscalingCrd()] });
  const { store } = world.apiServer;
  const running = new Map<Product, { seen: string[] }>();
  world.start();

  /** Handlers without sockets still take turns of the event loop, and files are read by other threads, which a busy machine lets wait; time stands still for all of them. */
  async function settle(): Promise<void> {
    do {
      for (let turn = 0; turn < 6; turn++) await nextTurn();
    } while (process.getActiveResourcesInfo().includes('FSReqPromise'));
  }

  async function look(): Promise<void> {
    for (const [product, { seen }] of running) {
      if (product.hasEnded) continue;
      const now = (await product.desired()).join(' ');
      if (seen.at(-1) !== now) seen.push(now);
    }
  }

  async function advance(seconds: number): Promise<void> {
    for (let left = seconds * 1000; left > 0; left -= stepMs) {
      await clock.advance(Math.min(stepMs, left));
      await settle();
      await look();
    }
  }

  async function start(name = 'controller', flags: Readonly<Record<string, unknown>> = {}, onCycle?: (record: CycleRecord) => void): Promise<Product> {
    const read = optionsFrom(
      { interval: '2s', metricsSecure: false, metricsBindAddress: '127.0.0.1:0', healthProbeBindAddress: '0', podNamespace: own.namespace, serviceName: own.service, metricSource: 'scrape', ...flags },
      {},
    );
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
    const records: CycleRecord[] = [];
    const entries: LogEntry[] = [];
    const say = (level: LogEntry['level']) => (fields: object, message: string): void => void entries.push({ level, message, fields });
    const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
    const heard = (record: CycleRecord): void => {
      records.push(record);
      onCycle?.(record);
    };
    const stopping = new AbortController();
    const { server, ended } = await startController(
      read.options,
      { transport: world.transport, pods: world.transport, baseUrl: world.apiServerUrl, clock, random: createRandom(name), log, identity: name, onCycle: heard },
      stopping.signal,
    );
    world.connectService({ namespace: own.namespace, name: own.service }, server.inProcess);
    const ending = { isOver: false };
    let failure: Error | undefined;
    ended.then(
      () => (ending.isOver = true),
      (error: unknown) => {
        ending.isOver = true;
        failure = error instanceof Error ? error : new Error(String(error));
      },
    );

    async function get(path: string): Promise<{ status: number; text: string }> {
      const response = await server.inProcess({ method: 'GET', url: `http://product${path}` });
      return { status: response.status, text: await readText(response) };
    }
    async function metric(wanted: string): Promise<Series[]> {
      const { text } = await get('/metrics');
      return parseExposition(text).series.filter((series) => series.name === wanted).map(({ labels, value }) => ({ name: wanted, labels, value }));
    }
    const seen: string[] = [];
    const product: Product = {
      records,
      log: entries,
      seen,
      get,
      metric,
      desired: async () => (await metric('wva_desired_replicas')).map(({ labels, value }) => `${labels['target_name']}/${labels['accelerator_type']}=${value}`),
      get hasEnded() {
        return ending.isOver;
      },
      async stop() {
        running.delete(product);
        stopping.abort(new Error('The story stops it.'));
        for (let turn = 0; turn < 300 && !ending.isOver; turn++) {
          await clock.advance(stepMs);
          await settle();
        }
        if (failure !== undefined) throw failure;
        if (!ending.isOver) throw new Error(`${name} did not end within 30 s.`);
      },
    };
    running.set(product, { seen });
    await advance(0.1);
    return product;
  }

  function policy(data: Readonly<Record<string, string>>): void {
    store.update({ group: '', plural: 'configmaps' }, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: own.policy, namespace: own.namespace }, data } as KubernetesObject);
  }
  if (beginning !== undefined) policy(beginning);

  const va = (name: string): VariantAutoscaling => store.get<VariantAutoscaling>(resources.variantautoscalings, name, namespace) as VariantAutoscaling;
  return {
    clock,
    world,
    advance,
    start,
    va,
    condition(name, type) {
      const found = va(name).status?.conditions?.find((condition) => condition.type === type);
      return found ? `${found.status} ${found.reason}: ${found.message}` : 'none';
    },
    statusDesired: (name) => va(name).status?.desiredOptimizedAlloc?.numReplicas,
    events: () =>
      store.list<KubernetesObject & { reason?: string; type?: string; note?: string; message?: string; regarding?: { name?: string }; involvedObject?: { name?: string }; reportingController?: string }>({ group: 'events.k8s.io', plural: 'events' })
        .filter(({ reportingController }) => reportingController === 'workload-variant-autoscaler')
        .map(({ reason = '', type = '', note, message = '', regarding, involvedObject }) => ({ reason, type, note: note ?? message, about: (regarding ?? involvedObject)?.name ?? '' })),
    replicas: (name, plural = 'deployments') => store.get<Workload>(resources[plural], name, namespace)?.spec?.replicas,
    create(object) {
      const plural = `${(object.kind ?? '').toLowerCase()}s` as Plural;
      store.create(resources[plural], object);
    },
    edit(plural, name, change) {
      store.update(resources[plural], change(store.get<Editable>(resources[plural], name, namespace) as Editable));
    },
    remove: (plural, name) => void store.remove(resources[plural], name, namespace),
    policy,
    async end() {
      for (const product of running.keys()) await product.stop();
      await world.stop();
    },
  };
}
