export * from './series-source.ts';
export * from './server.ts';
export * from './tls/certificates.ts';
export * from './tls/ownership.ts';
