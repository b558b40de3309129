export * from './clock.ts';
export * from './listen.ts';
export * from './log.ts';
export * from './meters.ts';
export * from './node-transport.ts';
export * from './random.ts';
export * from './transport.ts';
