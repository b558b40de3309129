import { parseDuration } from '../base/index.ts';
import type { SpecShape } from './variant-autoscaling-spec.ts';

/**
 * A rule that binds more than one field. The API server evaluates `rule` (CEL), we evaluate `holds`; a
 * test holds the two against each other.
 */
export interface SpecRule {
  /** Where the CEL rule stands, below spec; empty for the spec itself. */
  readonly at: '' | 'scaleTargetRef' | 'scaleToZero.retentionPeriod';
  /** The field that is blamed, relative to spec. */
  readonly field: string;
  readonly rule: string;
  readonly holds: (spec: SpecShape) => boolean;
  readonly message: string;
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired';
}

/** Kinds whose apiVersion we know. */
export const knownTargetKinds: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  LeaderWorkerSet: 'leaderworkerset.x-k8s.io/v1',
};

export const specRules: readonly SpecRule[] = [
  {
    at: '',
    field: 'scaleTargetRef',
    rule: 'has(self.scaleTargetRef) || has(self.modelProfile)',
    holds: (spec) => spec.scaleTargetRef !== undefined || spec.modelProfile !== undefined,
    message: 'scaleTargetRef is required: it names the object whose replicas are scaled',
    reason: 'FieldValueRequired',
  },
  {
    at: '',
    field: 'maxReplicas',
    rule: '!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas',
    holds: (spec) => spec.minReplicas === undefined || spec.maxReplicas === undefined || spec.minReplicas <= spec.maxReplicas,
    message: 'maxReplicas must be at least minReplicas',
    reason: 'FieldValueInvalid',
  },
  {
    at: 'scaleTargetRef',
    field: 'scaleTargetRef.apiVersion',
    rule: `self.kind in [${Object.keys(knownTargetKinds).map((kind) => `'${kind}'`).join(', ')}] || (has(self.apiVersion) && self.apiVersion != '')`,
    holds: ({ scaleTargetRef: target }) => target === undefined || target.kind in knownTargetKinds || (target.apiVersion !== undefined && target.apiVersion !== ''),
    message: `apiVersion is required for a kind other than ${Object.keys(knownTargetKinds).join(', ')}`,
    reason: 'FieldValueRequired',
  },
  {
    at: 'scaleToZero.retentionPeriod',
    field: 'scaleToZero.retentionPeriod',
    rule: "self.matches('[1-9]')",
    holds: ({ scaleToZero }) => scaleToZero?.retentionPeriod === undefined || (parseDuration(scaleToZero.retentionPeriod) ?? 1) > 0,
    message: 'retentionPeriod must be longer than zero',
    reason: 'FieldValueInvalid',
  },
];
