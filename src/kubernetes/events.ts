import { createHash } from 'node:crypto';
import type { KubernetesEvent } from '../wire/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { createAllowance, type Allowance } from './event-allowance.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
import { microTime } from './micro-time.ts';
import { apiVersionOf, resources } from './resource-kind.ts';

/** Something that happened to an object, for `kubectl describe`. */
export interface EventNote {
  readonly regarding: { readonly apiVersion?: string | undefined; readonly kind?: string | undefined; readonly namespace?: string | undefined; readonly name: string; readonly uid?: string | undefined };
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase: why. */
  readonly reason: string;
  /** UpperCamelCase: what was done about it. */
  readonly action: string;
  /** A sentence. Cut at 1024 bytes, which is the API's limit. */
  readonly note: string;
}

export interface EventRecorder {
  /** Never blocks and never throws: what cannot be told is dropped, and the log says so. */
  record(note: EventNote): void;
  /** Sends what waits, series included. For the end of the process; bounded by the client's time limit for each request. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Log;
  /** The reporting controller. */
  readonly component: string;
  /** The reporting instance: the pod. */
  readonly instance: string;
}

/** client-go's: a series that is not added to for 6 minutes has ended. */
const seriesEndsMs = 6 * 60_000;
/** A series is written at most this often. */
const seriesEveryMs = 30_000;
const maxWaiting = 1000;
const maxSeries = 4096;
/** With waits of 5, 10, 15... seconds: a restarting API server is outlived. */
const maxRetries = 5;
const maxNoteBytes = 1024;

interface Series {
  readonly event: KubernetesEvent;
  readonly namespace: string;
  count: number;
  lastMs: number;
  writtenCount: number;
  failures: number;
  cancel?: () => void;
}

/**
 * Events of events.k8s.io/v1. The same thing said again of the same object becomes a series with a count, written at most every 30 s; different things are
 * limited for each object (ten at once, then one in half a minute). Requests go out one after the other from a bounded queue.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, log } = options;
  const series = new Map<string, Series>();
  const allowance: Allowance = createAllowance(clock, { burst: 10, refillMs: 30_000 });
  const waiting: Series[] = [];
  let working: Promise<void> | undefined;
  let serial = 0;
  let refused: string | undefined;

  function enqueue(entry: Series): void {
    if (waiting.includes(entry)) return;
    if (waiting.length >= maxWaiting) {
      const dropped = waiting.shift();
      log.warn({ event: dropped?.event.note }, `More than ${maxWaiting} events wait to be written; the oldest is dropped.`);
    }
    waiting.push(entry);
    working ??= work().finally(() => (working = undefined));
  }

  async function work(): Promise<void> {
    // events of one moment are collected first, so that what repeats in it is one request
    await Promise.resolve();
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) await write(entry);
  }

  async function write(entry: Series): Promise<void> {
    const count = entry.count;
    if (count === entry.writtenCount) return;
    const { event, namespace } = entry;
    const seen = count > 1 ? { series: { count, lastObservedTime: microTime(entry.lastMs) } } : {};
    try {
      if (entry.writtenCount === 0) await client.create<KubernetesEvent>(resources.events, { ...event, ...seen }, { namespace });
      else await extend(entry, { ...event, ...seen }, seen);
      entry.writtenCount = count;
      entry.failures = 0;
      refused = undefined;
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      if (error.retryable && ++entry.failures <= maxRetries) later(entry, error.retryAfterMs ?? 5000 * entry.failures);
      // the first of a kind of trouble is said, not each event that meets it
      if (error.message !== refused) log.warn({ reason: event.reason, note: event.note, namespace }, `An event could not be written: ${error.message}`);
      refused = error.message;
    }
  }

  async function extend(entry: Series, whole: KubernetesEvent, seen: object): Promise<void> {
    try {
      await client.patch(resources.events, entry.event.metadata?.name ?? '', seen, { type: 'merge', namespace: entry.namespace, unread: true });
    } catch (error) {
      if (!isKubernetesError(error, 404, 'NotFound')) throw error;
      // API servers forget events after an hour
      await client.create<KubernetesEvent>(resources.events, whole, { namespace: entry.namespace });
    }
  }

  function forgetEnded(): void {
    // the longest unused come first: what stands behind one that has not ended has not ended either
    for (const [key, entry] of series) {
      if (series.size <= maxSeries && clock.now() - entry.lastMs < seriesEndsMs) break;
      entry.cancel?.();
      series.delete(key);
    }
  }

  function later(entry: Series, delayMs: number): void {
    entry.cancel ??= clock.schedule(delayMs, () => {
      delete entry.cancel;
      enqueue(entry);
    });
  }

  return {
    record(note) {
      const { regarding } = note;
      const key = JSON.stringify([regarding.kind, regarding.namespace, regarding.name, regarding.uid, note.type, note.reason, note.action, note.note]);
      const before = series.get(key);
      if (before && clock.now() - before.lastMs < seriesEndsMs) {
        // moved to the end: the map is in order of last use
        series.delete(key);
        series.set(key, before);
        before.count++;
        before.lastMs = clock.now();
        later(before, seriesEveryMs);
        return;
      }
      forgetEnded();
      if (!allowance.take(JSON.stringify([regarding.kind, regarding.namespace, regarding.name, regarding.uid]))) {
        log.debug({ ...note }, `Not recorded as an event, because ${regarding.kind ?? 'object'} ${regarding.namespace ?? ''}/${regarding.name} has had many lately.`);
        return;
      }
      // events about cluster-wide objects live in "default", as the API server demands
      const namespace = regarding.namespace || 'default';
      const entry: Series = { event: eventOf(note, namespace), namespace, count: 1, lastMs: clock.now(), writtenCount: 0, failures: 0 };
      series.set(key, entry);
      enqueue(entry);
    },
    async flush() {
      for (const entry of series.values()) {
        entry.cancel?.();
        delete entry.cancel;
        if (entry.count !== entry.writtenCount) enqueue(entry);
      }
      await working;
    },
  };

  function eventOf(note: EventNote, namespace: string): KubernetesEvent {
    const { apiVersion, kind, name, uid } = note.regarding;
    const unique = createHash('sha256').update(`${options.instance}/${clock.now()}/${serial++}/${name}`).digest('hex').slice(0, 16);
    return {
      apiVersion: apiVersionOf(resources.events),
      kind: 'Event',
      metadata: { name: `${name.slice(0, 230).replace(/[^a-z0-9]+$/, '')}.${unique}`, namespace },
      eventTime: microTime(clock.now()),
      reportingController: options.component,
      reportingInstance: options.instance.slice(0, 128),
      action: note.action.slice(0, 128),
      reason: note.reason.slice(0, 128),
      type: note.type,
      note: cut(note.note),
      regarding: {
        ...(apiVersion !== undefined && { apiVersion }),
        ...(kind !== undefined && { kind }),
        ...(note.regarding.namespace && { namespace }),
        name,
        ...(uid !== undefined && { uid }),
      },
    };
  }
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= maxNoteBytes) return text;
  // a character cut in two decodes to the replacement character
  const kept = Buffer.from(text).subarray(0, maxNoteBytes - 3).toString('utf8').replace(/\uFFFD$/, '');
  return `${kept}…`;
}
