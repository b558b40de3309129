export type { Tape, TapePage, TapeRequest } from './tape.ts';
