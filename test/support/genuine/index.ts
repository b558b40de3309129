/** Genuine Kubernetes, Prometheus and prometheus-adapter on loopback ports, for the cluster suite. */
export * from './adapter.ts';
export * from './available.ts';
export * from './certificates.ts';
export * from './components.ts';
export * from './control-plane.ts';
export * from './external-metrics.ts';
export * from './kubectl.ts';
export * from './kubelet.ts';
export * from './pages.ts';
export * from './programs.ts';
export * from './prometheus.ts';
export * from './request.ts';
