export { fileTokenStore } from './file-token-store.ts';
export type { FileTokenStore } from './file-token-store.ts';
