export { withUndici } from './with-undici.ts';
export type { UndiciLayer } from './with-undici.ts';
export type { TlsOptions, UndiciOptions } from './undici-options.ts';
