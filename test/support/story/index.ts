export * from './cluster.ts';
export { tell, type Product, type Story } from './story.ts';
