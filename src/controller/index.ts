export { createController, type Controller } from './controller.ts';
export { createDecisionHistory } from './decision-history.ts';
export { createPace } from './pace.ts';
export { keepPolicy } from './policy-keeper.ts';
export { createWakeWatch } from './wake-watch.ts';
