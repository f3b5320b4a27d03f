/** Names of fields for people. What is not here is made of the field's own name. */
const labels: Readonly<Record<string, string>> = {
  baseUrl: 'Base URL',
  timeout: 'Time limit for each attempt',
  timeoutMs: 'Time limit for each attempt',
  bodyTimeout: 'Longest pause in a body',
  totalTimeout: 'Time limit for the whole call',
  maxResponseBytes: 'Largest response',
  issuerUrl: 'Issuer',
  metadataUrl: 'Address of the metadata',
  tokenUrl: 'Token endpoint',
  authorizationUrl: 'Authorization endpoint',
  revocationUrl: 'Revocation endpoint',
  deviceAuthorizationUrl: 'Endpoint for devices',
  clientId: 'Client ID',
  clientAuthMethod: 'Client authentication',
  clientSecretRef: 'Client secret',
  privateKeyRef: 'Private key',
  tokenRef: 'Token',
  bearerTokenRef: 'Token',
  passwordRef: 'Password',
  keyRef: 'Key',
  dpop: 'DPoP',
  token_exchange: 'Token exchange',
  jwt_bearer: 'JWT bearer',
  connectionRef: 'Connection string',
  username: 'User name',
  userAgent: 'User agent',
  insecureHttp: 'HTTP beyond this machine',
  url: 'URL of the API',
  limit: 'Limit',
  limitPerOrigin: 'Limit for each origin',
  retryLimit: 'Retries for each page',
  oauth: 'OAuth',
};

/** The label of a field. */
export function fieldLabel(name: string): string {
  const known = labels[name];
  if (known !== undefined) return known;
  const words = name
    .replace(/(?:Ms|Ref)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(url|id|http|tls|ca)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The kinds of authentication, in the order in which they are offered. */
export const authModes: readonly { readonly type: string; readonly label: string; readonly long: string }[] = [
  { type: 'none', label: 'None', long: 'No authentication' },
  { type: 'bearer', label: 'Static bearer', long: 'Static bearer token' },
  { type: 'basic', label: 'Basic', long: 'Basic' },
  { type: 'api_key', label: 'API key', long: 'API key' },
  { type: 'oauth2_client_credentials', label: 'OAuth client credentials', long: 'OAuth client credentials' },
  { type: 'oauth2_authorization_code', label: 'OAuth for users', long: 'OAuth for users' },
  { type: 'google_service_account', label: 'Google', long: 'Google service account' },
];

/** The name of a kind of authentication. */
export const authLabel = (type: unknown): string =>
  authModes.find((mode) => mode.type === type)?.long ?? (type === undefined ? 'Not set' : 'Unknown authentication');

const timeNames = new Set(['timeout', 'bodyTimeout', 'totalTimeout', 'queueTimeout', 'maxRetryAfter', 'backoffLimit']);

/** The unit of a field, and its value in a larger one: `ms = 5 s`. */
export function fieldUnit(name: string, value: unknown): string {
  const isTime = timeNames.has(name) || name.endsWith('Ms');
  if (!isTime && !name.endsWith('Bytes')) return '';
  const unit = isTime ? 'ms' : 'bytes';
  if (typeof value !== 'number') return unit;
  const larger = isTime ? largerTime(value) : largerSize(value);
  return larger === '' ? unit : `${unit} = ${larger}`;
}

function largerTime(ms: number): string {
  if (ms >= 3_600_000) return `${round(ms / 3_600_000)} h`;
  if (ms >= 60_000) return `${round(ms / 60_000)} min`;
  return ms >= 1_000 ? `${round(ms / 1_000)} s` : '';
}

function largerSize(bytes: number): string {
  if (bytes >= 1_048_576) return `${round(bytes / 1_048_576)} MiB`;
  return bytes >= 1_024 ? `${round(bytes / 1_024)} KiB` : '';
}

const round = (value: number): number => Math.round(value * 100) / 100;
