import type { PolicyStage } from '../../stage/policy-stage.ts';
import { firstAfter } from '../first-after.ts';

/** What kube-state-metrics said of a Deployment when it was last scraped. */
export interface KubeState {
  /** `kube_deployment_status_replicas`: pods that are there and not on their way out. */
  readonly replicas: number;
  /** `kube_deployment_status_replicas_ready` */
  readonly ready: number;
}

/** Scrapes kube-state-metrics for one Deployment. It is no engine and no router: faults of theirs leave it alone. */
export function watchKubeState(stage: PolicyStage, variant: string, periodMs: number): () => KubeState {
  const look = (): KubeState => {
    const { ready, starting } = stage.replicas(variant);
    return { replicas: ready + starting, ready };
  };
  let seen = look();
  stage.every(
    periodMs,
    () => {
      seen = look();
    },
    firstAfter(stage, `kube-state/${variant}`, periodMs),
  );
  return () => seen;
}
