export { createTokenTable, postgresTokenStore } from './postgres-token-store.ts';
export type { PostgresTokenStoreOptions, Query } from './postgres-token-store.ts';
