import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';

/** The router is looked at ten times a second; here, each second while some replica is ready. */
const pollMs = 1000;

/** Every variant at none gets a replica as soon as the flow control of its model's router holds a request, whatever it costs: as released. */
export function wakeFromNone(stage: PolicyStage): void {
  const telemetry = stage.scrape({ enginesMs: 3_600_000, routerMs: pollMs });
  for (const [index, model] of stage.scenario.models.entries()) {
    const variants = stage.variants.filter((variant) => variant.model === model && (variant.variant.minReplicas === 0 || variant.variant.initialReplicas === 0));
    if (variants.length === 0 || !model.router.flowControl) continue;
    stage.onWaiting(model, () => stage.after(100, () => wake(variants)));
    stage.every(pollMs, () => {
      if ((telemetry.routerGauge('queued', index) ?? 0) > 0) wake(variants);
    });
  }

  function wake(variants: readonly StageVariant[]): void {
    for (const { key } of variants) if (stage.replicas(key).spec === 0) stage.scale({ variant: key, from: 0, to: 1, why: 'requests wait in the router' });
  }
}
