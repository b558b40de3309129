export { ApiError } from './api-error.ts';
export type { ObjectStore, StoreChange, StoreResource } from './object-store.ts';
export { createApiServer } from './server.ts';
export type { ApiServer, ApiServerOptions } from './server.ts';
