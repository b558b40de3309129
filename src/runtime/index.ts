export * from './clock.ts';
export * from './log.ts';
export * from './random.ts';
export * from './transport.ts';
