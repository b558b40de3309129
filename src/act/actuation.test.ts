import { describe, expect, it } from 'vitest';
import type { StatusUpdate } from '../model/index.ts';
import { actuationOf, type WayOut } from './actuation.ts';

function update(variant: object | undefined, desired?: number): StatusUpdate {
  const whole = { namespace: 'llm', target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'decode' }, mode: 'act', actuation: 'metric', ...variant };
  return { ...(variant && { variant: whole }), ...(desired !== undefined && { desired }) } as StatusUpdate;
}

const ours = { kind: 'ours' } as const;
const direct = { actuation: 'direct' };

describe('the way out of a decision', () => {
  it.each<[string, StatusUpdate, Omit<WayOut, 'servesSeries'> & { readonly servesSeries?: boolean }, boolean, string, RegExp]>([
    ['is not there for a spec that cannot be used', update(undefined), { owner: ours }, false, 'False InvalidSpec', /last numbers stay in status/],
    ['is not there for the loser of a conflict', update({}, 2), { owner: ours, suppressedBy: 'llm/first' }, false, 'False SuppressedDueToConflict', /llm\/first decides for Deployment llm\/decode/],
    ['is not there for what is undecided', update({}), { owner: ours }, false, 'False NotDeciding', /no series is served/],
    ['is not there for a dry run', update({ mode: 'recommend' }, 2), { owner: ours }, false, 'False DryRun', /2 is shown here only/],
    ['is the external metrics API and /metrics', update({}, 2), { owner: ours, scaledBy: 'HorizontalPodAutoscaler/h' }, true, 'True MetricServed', /at \/metrics and through the external metrics API\. HorizontalPodAutoscaler\/h targets/],
    ['is /metrics alone where the API is switched off', update({}, 2), { owner: { kind: 'disabled' } }, true, 'True MetricServed', /served at \/metrics\. No autoscaler/],
    ['is /metrics alone where somebody else holds the API', update({}, 2), { owner: { kind: 'other', service: 'keda/k' } }, true, 'True ExternalMetricsAPIOwnedByOther', /belongs to keda\/k and was left alone/],
    ['is the API alone where the series is switched off', update({}, 2), { owner: ours, servesSeries: false }, true, 'True MetricServed', /is served through the external metrics API\. /],
    ['is none where both are shut', update({}, 2), { owner: { kind: 'other', service: 'keda/k' }, servesSeries: false }, false, 'False MetricNotServed', /nobody can read it.*belongs to keda\/k/],
    ['is one that nobody follows', { ...update({}, 11), notFollowed: 'H will not follow 10 -> 11.' }, { owner: ours }, false, 'False DeadBand', /= 11 is served at \/metrics and through the external metrics API\. H will not follow 10 -> 11\./],
    ['is shut before nobody follows', { ...update({}, 11), notFollowed: 'H will not.' }, { owner: { kind: 'none' }, servesSeries: false }, false, 'False MetricNotServed', /nobody can read it/],
    ['is the scale', update(direct, 2), { owner: ours, scale: { kind: 'written', from: 1, to: 2 } }, true, 'True ScaleWritten', /set to 2 \(it was 1\)/],
    ['is the scale as it is', update(direct, 2), { owner: ours, scale: { kind: 'unchanged', replicas: 2 } }, true, 'True ScaleUnchanged', /is 2, as decided/],
    ['is a scale that could not be written', update(direct, 2), { owner: ours, scale: { kind: 'failed', why: 'Forbidden.' } }, false, 'False ScaleFailed', /Forbidden\. It will be tried again/],
    ['is refused beside another scaler', update(direct, 2), { owner: ours, scaledBy: 'HorizontalPodAutoscaler/h' }, false, 'False ScaleRefusedOtherScaler', /two writers would fight/],
    ['is not taken where a sharer does not act', update(direct, 2), { owner: ours }, false, 'Unknown NotDeciding', /all resources that share it/],
  ])('%s', (_, statusUpdate, way, applied, condition, message) => {
    const outcome = actuationOf(statusUpdate, { servesSeries: true, ...way });
    expect(outcome.applied).toBe(applied);
    expect(`${outcome.condition.status} ${outcome.condition.reason}`).toBe(condition);
    expect(outcome.message).toMatch(message);
    expect(outcome.condition.message).toBe(outcome.message);
  });
});
