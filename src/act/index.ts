export { createActuator, type Actuator } from './actuator.ts';
export { createDeletionCostWriter } from './deletion-costs.ts';
export { createStatusWriter } from './status-writer.ts';
export { createTargetBoard, type TargetBoard } from './target-board.ts';
export { createDecisionKeeper, keptDecisionsKey, keptDecisionsName } from './decision-keeper.ts';
