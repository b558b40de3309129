/** The same commands and requests for a genuine API server and for the simulator's. */
export { apiserverSteps } from './apiserver-commands.ts';
export type { Step } from './apiserver-commands.ts';
export { runSteps, titleOf } from './run-steps.ts';
export type { Seen, Side } from './run-steps.ts';
export { startSimulated } from './simulated.ts';

/** The same metric sequences for the genuine HorizontalPodAutoscaler and for the simulator's. */
export { runGenuine } from './genuine-hpa.ts';
export { differences, tableOf } from './hpa-outcome.ts';
export type { HpaOutcome } from './hpa-outcome.ts';
export { hpaSequences } from './hpa-sequences.ts';
export { runSimulated } from './simulated-hpa.ts';
