export * from './exposition.ts';
export * from './prometheus-answer.ts';
export * from './kubernetes.ts';
export * from './quantity.ts';
export * from './variant-autoscaling.ts';
export * from './following-hpa.ts';
