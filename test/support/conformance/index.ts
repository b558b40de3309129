/** The same commands and requests for a genuine API server and for the simulator's. */
export { apiserverSteps } from './apiserver-commands.ts';
export type { Step } from './apiserver-commands.ts';
export { runSteps, titleOf } from './run-steps.ts';
export type { Seen, Side } from './run-steps.ts';
