export * from './exposition.ts';
export * from './prometheus-answer.ts';
export * from './kubernetes.ts';
export * from './variant-autoscaling.ts';
