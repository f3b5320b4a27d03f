/** Headers that always hold credentials: they are not sent to another origin and never shown. */
export const credentialHeaders: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'dpop',
  'x-api-key',
];
