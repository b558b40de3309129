export * from './assert.ts';
export * from './durations.ts';
export * from './error-text.ts';
export * from './lists.ts';
export * from './local-time.ts';
export * from './numbers.ts';
export * from './weekly-hours.ts';
