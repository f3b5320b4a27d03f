/**
 * Attribute names.
 *
 * The first group is from OpenTelemetry's HTTP conventions 1.45 (all stable but `url.template`), the second is ours. They
 * are written out, because a few names need no dependency.
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
  clientAuthMethod: 'bearings.token.client_auth_method',
  grantType: 'bearings.token.grant_type',
  oauthError: 'bearings.token.oauth_error',
  tokenEvent: 'bearings.token.event',
  storeOutcome: 'bearings.token.store.outcome',
  tokenName: 'bearings.token.name',
} as const;

/** The value for an unknown method or error. */
export const other = '_OTHER';
