export { withUndici } from './with-undici.ts';
export type { UndiciLayer } from './with-undici.ts';
export type { Pem, PemSource, TlsOptions, UndiciOptions } from './undici-options.ts';
