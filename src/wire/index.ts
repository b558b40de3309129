export * from './exposition.ts';
export * from './kubernetes.ts';
export * from './variant-autoscaling.ts';
