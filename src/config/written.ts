import type { Quotas } from '../model/index.ts';

/** Who is spoken about: everybody, a namespace, or a model (`modelID`, or `modelID#namespace`). */
export type Layer = 'global' | `namespace ${string}` | `model ${string}`;

/** One thing that was said, and where. */
export interface Written {
  /** `ConfigMap namespace/name`, or a file. */
  readonly source: string;
  /** Where in it: `default.kvCacheThreshold`. */
  readonly key: string;
  readonly layer: Layer;
  /** Where Policy has it: `saturation.kvCacheThreshold`. */
  readonly target: string;
  readonly value: unknown;
}

export interface PolicyProblem {
  /** An error keeps the whole source from being taken; a warning is only said. */
  readonly severity: 'error' | 'warning';
  /** `ConfigMap namespace/name`, or a file. */
  readonly source: string;
  /** The entry, and the key in it: `default.kvCacheThreshold`. */
  readonly key: string;
  /** As it was written. */
  readonly value: string;
  /** What may stand there. */
  readonly allowed: string;
  /** All of it in a sentence. */
  readonly message: string;
}

/** All that one source says. */
export interface Statement {
  readonly written: readonly Written[];
  readonly quotas?: Quotas;
}

/** What a reader of one source hands its findings to. */
export interface Notebook {
  readonly source: string;
  /** The source speaks for this namespace alone. */
  readonly namespace?: string;
  readonly write: (key: string, layer: Layer, target: string, value: unknown) => void;
  readonly quotas: (quotas: Quotas) => void;
  readonly complain: Complain;
}

/** Says that something is wrong with what was written, and what may stand there. */
export type Complain = (key: string, value: unknown, allowed: string, severity?: PolicyProblem['severity']) => void;

export function problemOf(source: string, key: string, value: unknown, allowed: string, severity: PolicyProblem['severity'] = 'error'): PolicyProblem {
  const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return { severity, source, key, value: written, allowed, message: `${source}: ${key.trim() === '' ? JSON.stringify(key) : key} is ${JSON.stringify(shortened(written))}, and ${severity === 'error' ? 'must be' : 'should be'} ${allowed}.` };
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
