/** Genuine Kubernetes, Prometheus and prometheus-adapter on loopback ports, for the cluster suite. */
export * from './available.ts';
export * from './certificates.ts';
export * from './components.ts';
export * from './control-plane.ts';
export * from './kubectl.ts';
export * from './programs.ts';
export * from './request.ts';
