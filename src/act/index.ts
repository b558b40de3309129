export * from './actuation.ts';
export * from './status.ts';
export * from './target-board.ts';
