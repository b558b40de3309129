export { readTape } from './read-tape.ts';
export { TapeError } from './tape.ts';
export type { Tape, TapeRequest } from './tape.ts';
