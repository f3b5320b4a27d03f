/**
 * What things are called.
 *
 * The first part is OpenTelemetry's HTTP conventions, 1.45 (stable; `url.template` alone is still in development), the
 * second is ours. Written out: eleven words need no dependency.
 */
export const attribute = {
  errorType: 'error.type',
  method: 'http.request.method',
  methodOriginal: 'http.request.method_original',
  resendCount: 'http.request.resend_count',
  status: 'http.response.status_code',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  urlFull: 'url.full',
  urlScheme: 'url.scheme',
  urlTemplate: 'url.template',

  resendReason: 'bearings.resend.reason',
  tokenEvent: 'bearings.token.event',
  tokenName: 'bearings.token.name',
} as const;

/** What a value is called that is none of the known ones, for a method as for an error. */
export const other = '_OTHER';
