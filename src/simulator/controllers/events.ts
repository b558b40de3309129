import type { Clock, Random } from '../../runtime/index.ts';
import type { KubernetesObject } from '../../wire/index.ts';
import { kinds } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { timeText } from './context.ts';
import type { EventRecorder } from './context.ts';

/** core/v1 Event, as `kubectl describe` reads it. */
interface CoreEvent extends KubernetesObject {
  involvedObject: object;
  reason: string;
  message: string;
  type: string;
  source: { component: string };
  firstTimestamp: string;
  lastTimestamp: string;
  count: number;
  reportingComponent: string;
  reportingInstance: string;
}

/** The newest events that are kept; older ones are removed, as an hour does in a cluster. */
const mostEvents = 500;

export function createEventRecorder(cluster: Cluster, clock: Clock, random: Random): EventRecorder {
  const chance = random.fork('events');
  const names = new Map<string, { readonly namespace: string; readonly name: string }>();

  return (component, about, type, reason, message) => {
    const { name = '', namespace = 'default', uid, resourceVersion } = about.metadata ?? {};
    const now = timeText(clock.now());
    const signature = [component, about.kind, namespace, name, uid, type, reason, message].join('\u0000');
    const known = names.get(signature);
    const old = known && cluster.get<CoreEvent>(kinds.events, known.namespace, known.name);
    if (old !== undefined) {
      cluster.update<CoreEvent>(kinds.events, { ...old, count: old.count + 1, lastTimestamp: now });
      return;
    }
    const eventName = `${name}.${Math.floor(clock.now()).toString(16)}${chance.integer(0x1000000).toString(16).padStart(6, '0')}`;
    cluster.create<CoreEvent>(kinds.events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
      reason,
      message,
      type,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      reportingComponent: component,
      reportingInstance: '',
    });
    names.set(signature, { namespace, name: eventName });
    if (names.size > mostEvents) {
      const [oldest, event] = [...names][0] ?? [];
      if (oldest !== undefined && event !== undefined) {
        names.delete(oldest);
        cluster.remove(kinds.events, event.namespace, event.name);
      }
    }
  };
}
