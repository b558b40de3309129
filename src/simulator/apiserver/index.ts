export type { ObjectStore, StoreResource } from './object-store.ts';
export { createApiServer } from './server.ts';
export type { ApiServer, ApiServerOptions } from './server.ts';
