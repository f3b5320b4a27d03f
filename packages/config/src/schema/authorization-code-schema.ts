import { providers } from '@bearings/user-tokens/providers';
import { authorizationCodeFields } from './authorization-code-fields.ts';
import type { AuthorizationCodeAuth } from './authorization-code-fields.ts';
import { isObject, isSchemeAllowed } from './field-schemas.ts';

/** A rule about several fields. Each of them may be invalid on its own. */
interface FieldRule {
  readonly isBroken: (auth: AuthorizationCodeAuth) => boolean;
  readonly field?: keyof AuthorizationCodeAuth;
  readonly found: string;
  readonly expected: string;
}

/** True for a provider with the same address for everybody. */
function hasAddress({ provider }: AuthorizationCodeAuth): boolean {
  const known = Object.entries(providers).find(([name]) => name === provider)?.[1];
  return (known?.issuerUrl ?? known?.endpoints) !== undefined;
}

const urls = ['issuerUrl', 'authorizationUrl', 'tokenUrl', 'revocationUrl', 'deviceAuthorizationUrl'] as const;

const rules: readonly FieldRule[] = [
  {
    isBroken: ({ issuerUrl, tokenUrl }) => issuerUrl !== undefined && tokenUrl !== undefined,
    found: 'has both issuerUrl and tokenUrl',
    expected: 'must have one of them',
  },
  {
    isBroken: (auth) => (auth.issuerUrl ?? auth.tokenUrl ?? auth.authorizationUrl) === undefined && !hasAddress(auth),
    found: 'has neither issuerUrl nor tokenUrl',
    expected: 'must have issuerUrl, or authorizationUrl and tokenUrl, or a provider with one address for all',
  },
  ...(['authorizationUrl', 'tokenUrl'] as const).map((field, index, both) => ({
    isBroken: (auth: AuthorizationCodeAuth) =>
      auth[field] === undefined && auth[both[1 - index] ?? field] !== undefined,
    field,
    found: 'is missing',
    expected: `must be set with ${both[1 - index]}`,
  })),
  ...(['revocationUrl', 'deviceAuthorizationUrl'] as const).map((field) => ({
    isBroken: (auth: AuthorizationCodeAuth) => auth[field] !== undefined && auth.tokenUrl === undefined,
    field,
    found: 'is set without tokenUrl',
    expected: 'needs authorizationUrl and tokenUrl; an issuer has it in its metadata',
  })),
  {
    isBroken: ({ clientAuthMethod, clientSecretRef }) => clientAuthMethod === 'none' && clientSecretRef !== undefined,
    field: 'clientAuthMethod',
    found: 'has the value none although there is a secret',
    expected: 'change it, or remove the secret',
  },
  {
    isBroken: ({ clientAuthMethod = 'none', clientSecretRef }) =>
      clientAuthMethod !== 'none' && clientSecretRef === undefined,
    field: 'clientSecretRef',
    found: 'is missing',
    expected: 'must be set for this clientAuthMethod',
  },
  ...urls.map((field) => ({
    isBroken: (auth: AuthorizationCodeAuth) => !isSchemeAllowed(auth[field], auth.insecureHttp),
    field,
    found: 'is http beyond loopback',
    expected: 'must be https; insecureHttp: true allows http',
  })),
];

/** The schema of `oauth2_authorization_code`. */
export const authorizationCodeSchema = authorizationCodeFields
  .superRefine(
    (auth, context) => {
      for (const { isBroken, field, found, expected } of rules) {
        const path = field === undefined ? [] : [field];
        if (isBroken(auth)) context.addIssue({ code: 'custom', path, message: expected, params: { found } });
      }
    },
    { when: isObject },
  )
  .describe(
    'A token of the person at the terminal, who has consented with `bearings login`. It is refreshed automatically, once for all ' +
      'processes. Register the redirect URI `http://127.0.0.1/callback/bearings`, with any port (RFC 8252 §7.3).',
  );
