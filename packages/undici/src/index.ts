export { bearerInterceptor } from './interceptor/bearer-interceptor.ts';
export type { BearerInterceptorOptions } from './interceptor/bearer-interceptor.ts';
export { withUndici } from './with-undici.ts';
export type { UndiciLayer } from './with-undici.ts';
export type { AddressLookup, ServiceAddress } from './addresses/address-source.ts';
export type { AddressOptions, Pem, PemSource, TlsOptions, UndiciOptions } from './undici-options.ts';
