export * from './assert.ts';
export * from './lists.ts';
export * from './numbers.ts';
