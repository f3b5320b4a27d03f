/** Headers whose values are credentials, whoever sets them: they stay within the origin, and are not shown. */
export const credentialHeaders: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'dpop',
  'x-api-key',
];
