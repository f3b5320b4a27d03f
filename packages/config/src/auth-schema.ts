import { Token } from '@bearings/oauth-bearer';
import { z } from 'zod';
import { anyMs, headerNameText, headers, httpUrl, isObject, isSafe, params, someMs, someText } from './field-rules.ts';
import { keyReference, secretReference } from './secret-schema.ts';
import { settingsOf } from './token-settings.ts';

const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must have no space, quote or backslash (RFC 6749 §3.3)');

const oauth2Fields = z.strictObject({
  type: z.literal('oauth2_client_credentials').describe('A token by the client credentials grant (RFC 6749 §4.4).'),
  issuerUrl: httpUrl
    .optional()
    .describe('The issuer, whose token endpoint is discovered. Either this or `tokenUrl`.')
    .meta({ examples: ['https://id.internal/realms/prod'] }),
  tokenUrl: httpUrl
    .optional()
    .describe('The token endpoint itself. Either this or `issuerUrl`.')
    .meta({ examples: ['https://id.internal/token'] }),
  clientId: someText.describe('Who asks for the token.').meta({ examples: ['billing'] }),
  clientSecretRef: secretReference.optional().describe('Where the secret is, for the two methods that have one.'),
  clientAuthMethod: z
    .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
    .optional()
    .describe(
      'How the client proves who it is. By default `private_key_jwt` with a key; with a secret `client_secret_basic`, ' +
        'unless the discovered server takes `client_secret_post` only. `none` must be said.',
    ),
  basicEncoding: z
    .enum(['form', 'raw'])
    .optional()
    .describe('How `client_secret_basic` writes id and secret; `raw` for servers that do not decode (RFC 6749 App. B).')
    .meta({ default: 'form' }),
  privateKeyRef: keyReference.optional().describe('Where the private key is (PEM or JWK), for `private_key_jwt`.'),
  keyId: someText.optional().describe("The `kid` of the assertion. By default a JWK's own."),
  signingAlg: someText
    .optional()
    .describe("The assertion's algorithm. By default what the key is for.")
    .meta({ examples: ['ES256'] }),
  assertionAudience: someText
    .optional()
    .describe('Whom the assertion is for. By default the issuer, or `tokenUrl` when only that is known.'),
  scopes: z
    .array(scope)
    .optional()
    .describe('What the token is asked to allow. By default none; the server grants what it sees fit.')
    .meta({ examples: [['orders.read']] }),
  audience: someText.optional().describe('Whom the token is for, as some servers want it named.'),
  resource: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('The resource, or resources, the token is for: absolute URIs (RFC 8707).')
    .meta({ examples: ['https://orders.internal'] }),
  extraParams: params.optional().describe('Further parameters of the token request.'),
  headers: headers.optional().describe('Further headers of the token request.'),
  refreshOffsetMs: anyMs
    .optional()
    .describe('How long before its end a token is renewed, but never in the first half of its life.')
    .meta({ default: 1_800_000 }),
  defaultTtlMs: anyMs
    .optional()
    .describe('The life of a token whose answer does not say (`expires_in`).')
    .meta({ default: 300_000 }),
  acquireTimeoutMs: someMs
    .optional()
    .describe('The most that one acquisition may take, with discovery and retries.')
    .meta({ default: 30_000 }),
  insecureHttp: z
    .boolean()
    .optional()
    .describe('Allows http beyond loopback for issuer and endpoint.')
    .meta({ default: false }),
});

type OAuth2Fields = z.output<typeof oauth2Fields>;

/** A rule about several fields of an auth, which are all there but may each be wrong in itself. */
interface Rule {
  readonly isBroken: (auth: OAuth2Fields) => boolean;
  readonly field?: keyof OAuth2Fields;
  readonly found: string;
  readonly expected: string;
}

const secretMethods: ReadonlySet<unknown> = new Set(['client_secret_basic', 'client_secret_post']);

const isSecretMethod = ({ clientAuthMethod, privateKeyRef }: OAuth2Fields): boolean =>
  clientAuthMethod === undefined ? privateKeyRef === undefined : secretMethods.has(clientAuthMethod);

const rules: readonly Rule[] = [
  {
    isBroken: ({ issuerUrl, tokenUrl }) => issuerUrl !== undefined && tokenUrl !== undefined,
    found: 'has both issuerUrl and tokenUrl',
    expected: 'must have one of them',
  },
  {
    isBroken: ({ issuerUrl, tokenUrl }) => issuerUrl === undefined && tokenUrl === undefined,
    found: 'has neither issuerUrl nor tokenUrl',
    expected: 'must have one of them, to say where tokens come from',
  },
  {
    isBroken: ({ clientSecretRef, privateKeyRef }) => clientSecretRef !== undefined && privateKeyRef !== undefined,
    found: 'has both clientSecretRef and privateKeyRef',
    expected: 'must have one of them',
  },
  {
    isBroken: (auth) => isSecretMethod(auth) && auth.clientSecretRef === undefined,
    field: 'clientSecretRef',
    found: 'is missing',
    expected: 'must be there for a client that proves itself by a secret (else say clientAuthMethod: none)',
  },
  {
    isBroken: ({ clientAuthMethod, privateKeyRef }) => clientAuthMethod === 'private_key_jwt' && !privateKeyRef,
    field: 'privateKeyRef',
    found: 'is missing',
    expected: 'must be there for clientAuthMethod: private_key_jwt',
  },
  {
    isBroken: ({ clientAuthMethod, clientSecretRef, privateKeyRef }) =>
      clientAuthMethod === 'none' && (clientSecretRef ?? privateKeyRef) !== undefined,
    field: 'clientAuthMethod',
    found: 'is none, beside a secret or a key',
    expected: 'must be another, or the secret must go',
  },
  ...(['issuerUrl', 'tokenUrl'] as const).map((field) => ({
    isBroken: (auth: OAuth2Fields) => !isSafe(auth[field], auth.insecureHttp),
    field,
    found: 'is http beyond loopback',
    expected: 'must be https; insecureHttp: true allows http',
  })),
];

/** The token's own rules, for what the schema does not say; looked at when all of the schema is kept. */
function checkToken(auth: OAuth2Fields, context: z.core.$RefinementCtx): void {
  if (context.issues.length > 0) return;
  const probe = Token.onDemand({ ...settingsOf(auth), clientSecret: 'a secret', clientAuthMethod: undefined });
  if (probe.isOk()) return;
  const { field, message } = probe.error;
  const path = [ownNames.get(field) ?? field];
  context.addIssue({ code: 'custom', path, params: { found: message.slice(field.length + 1), expected: '' } });
}

const ownNames: ReadonlyMap<string, string> = new Map([
  ['tokenEndpoint', 'tokenUrl'],
  ['extraHeaders', 'headers'],
]);

const oauth2 = oauth2Fields
  .superRefine(
    (auth, context) => {
      for (const { isBroken, field, found, expected } of rules) {
        const path = field === undefined ? [] : [field];
        if (isBroken(auth)) context.addIssue({ code: 'custom', path, message: expected, params: { found } });
      }
    },
    { when: isObject },
  )
  .superRefine(checkToken)
  .describe('A token by the client credentials grant, renewed and rotated by itself.');

const bearer = z
  .strictObject({
    type: z.literal('bearer').describe('A token that somebody else looks after (RFC 6750).'),
    tokenRef: secretReference.describe('Where the token is. It is read anew after a 401.'),
  })
  .describe('A token that somebody else looks after, sent as `Authorization: Bearer …`.');

const basic = z
  .strictObject({
    type: z.literal('basic').describe('User and password (RFC 7617).'),
    username: z
      .string()
      .regex(/^[^:]+$/, 'must have no colon (RFC 7617 §2)')
      .refine((name) => !/\p{Cc}/u.test(name), 'must have no control character (RFC 7617 §2)')
      .describe('The user.')
      .meta({ examples: ['billing'] }),
    passwordRef: secretReference.describe('Where the password is. It is read anew after a 401.'),
  })
  .describe('User and password, sent as `Authorization: Basic …`.');

const apiKey = z
  .strictObject({
    type: z.literal('api_key').describe('A key in a header.'),
    header: headerNameText.default('x-api-key').describe('The header, which is guarded like Authorization.'),
    keyRef: secretReference.describe('Where the key is. It is sent as it is, and read anew after a 401.'),
  })
  .describe('A key in a header of its own.');

const none = z
  .strictObject({ type: z.literal('none').describe('No credential.') })
  .describe('No credential. It must be said, so that none is forgotten.');

/** How requests are authenticated, by `type`. */
export const authSchema = z.discriminatedUnion('type', [oauth2, bearer, basic, apiKey, none]);

/** How requests are authenticated. References, not secrets. */
export type Auth = z.output<typeof authSchema>;

/** A client that asks for tokens. */
export type OAuth2Auth = Extract<Auth, { readonly type: 'oauth2_client_credentials' }>;
