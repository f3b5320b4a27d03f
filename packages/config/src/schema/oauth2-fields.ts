import { z } from 'zod';
import { clientAssertionSchema } from './client-assertion-schema.ts';
import { dpopSchema } from './dpop-schema.ts';
import { headers, httpUrl, nonBlankText, nonNegativeMs, params, positiveMs, text } from './field-schemas.ts';
import { grantSchema } from './grant-schema.ts';
import { certificateFile, keyReference, secretReference } from '../secrets/secret-schema.ts';

/** One scope. */
export const scope: z.ZodString = text.regex(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'must have no space, quote or backslash (RFC 6749 §3.3)',
);

/** The fields of `oauth2_client_credentials`, without the rules about several of them. */
export const oauth2Fields = z.strictObject({
  type: z
    .literal('oauth2_client_credentials')
    .describe('A token that the client requests (RFC 6749 §4.4), or by another `grant`.'),
  issuerUrl: httpUrl
    .optional()
    .describe('The issuer. Its token endpoint is discovered. Set either this or `tokenUrl`.')
    .meta({ examples: ['https://id.internal/realms/prod'] }),
  metadataUrl: httpUrl
    .optional()
    .describe(
      "Where the issuer's metadata is, if not at a well-known place below `issuerUrl`: for a server with another host name " +
        'inside the cluster. The metadata must name the issuer all the same.',
    )
    .meta({ examples: ['http://localhost:8080/realms/prod/.well-known/openid-configuration'] }),
  tokenUrl: httpUrl
    .optional()
    .describe('The token endpoint. Set either this or `issuerUrl`.')
    .meta({ examples: ['https://id.internal/token'] }),
  clientId: nonBlankText.describe('The OAuth client id.').meta({ examples: ['billing'] }),
  clientSecretRef: secretReference
    .optional()
    .describe('Reference to the client secret, for `client_secret_basic` and `client_secret_post`.'),
  grant: grantSchema.optional().describe('How the token is requested. Default: `client_credentials`.'),
  clientAuthMethod: z
    .enum([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'self_signed_tls_client_auth',
      'none',
    ])
    .optional()
    .describe(
      'How the client authenticates. Default with a key or an assertion: `private_key_jwt`. Default with a secret: `client_secret_basic`, ' +
        'or `client_secret_post` if the discovered server supports only that. A public client must set `none`. ' +
        'The two with a certificate (RFC 8705 §2) must be set too; the certificate is `certFile` of `network`.',
    ),
  basicEncoding: z
    .enum(['form', 'raw'])
    .optional()
    .describe(
      'How `client_secret_basic` encodes id and secret. Use `raw` for servers that do not decode them (RFC 6749 App. B).',
    )
    .meta({ default: 'form' }),
  privateKeyRef: keyReference.optional().describe('Reference to the private key (PEM or JWK), for `private_key_jwt`.'),
  clientAssertion: clientAssertionSchema
    .optional()
    .describe('An assertion that a platform signs, for `private_key_jwt` without a key of your own (RFC 7523 §2.2).'),
  certificateFile: certificateFile
    .optional()
    .describe(
      'The certificate of the key (PEM), whose thumbprints the assertion contains, as Microsoft Entra requires.',
    )
    .meta({ examples: ['/run/secrets/orders.crt'] }),
  keyId: nonBlankText.optional().describe('The `kid` of the assertion. Default: the `kid` of the JWK.'),
  signingAlg: nonBlankText
    .optional()
    .describe('The algorithm of the assertion. Default: the one that fits the key.')
    .meta({ examples: ['ES256'] }),
  assertionAudience: nonBlankText
    .optional()
    .describe('The `aud` of the assertion. Default: the issuer, or `tokenUrl` if there is no issuer.'),
  scopes: z
    .array(scope)
    .optional()
    .describe('The scopes to request. Default: none, so the server chooses.')
    .meta({ examples: [['orders.read']] }),
  audience: nonBlankText
    .optional()
    .describe('The `audience` parameter of the token request, which some servers require.'),
  resource: z
    .union([text, z.array(text)])
    .optional()
    .describe('The resources that the token is for: one absolute URI or a list (RFC 8707).')
    .meta({ examples: ['https://orders.internal'] }),
  clientCapabilities: z
    .array(text.regex(/^[\x21-\x7e]{1,100}$/, 'must be a name without spaces'))
    .min(1)
    .optional()
    .describe(
      'What the client can handle, for Microsoft Entra. `cp1`: claims challenges, such as those of continuous access evaluation. Default: none.',
    )
    .meta({ examples: [['cp1']] }),
  extraParams: params.optional().describe('More parameters for the token request.'),
  headers: headers.optional().describe('More headers for the token request.'),
  bearerTokenTypes: z
    .array(nonBlankText)
    .optional()
    .describe('Values of `token_type` that mean Bearer, besides `Bearer`.')
    .meta({ examples: [['BearerToken']] }),
  dpop: dpopSchema
    .optional()
    .describe(
      'Binds tokens to a key, so that a copied token is of no use (DPoP, RFC 9449): `true` for a new key, or `{ privateKeyRef }` for ' +
        'yours, which `tokenStore` needs.',
    )
    .meta({ default: false }),
  certificateBoundTokens: z
    .boolean()
    .optional()
    .describe(
      'Requests tokens that are bound to the client certificate, `certFile` of `network`, so that a copied token is of no use ' +
        '(RFC 8705 §3). With any `clientAuthMethod`, and in place of `dpop`.',
    )
    .meta({ default: false }),
  stepUp: z
    .strictObject({
      allow: z
        .array(scope)
        .min(1)
        .describe('The scopes that may be added. A demand for another one fails the call.')
        .meta({ examples: [['orders.write']] }),
    })
    .optional()
    .describe(
      'What a call may get when the API answers `insufficient_scope` (RFC 6750 §3.1): one further token, with these scopes too. ' +
        'Default: the caller gets the 403.',
    ),
  profile: z
    .enum(['fapi2'])
    .optional()
    .describe('Refuses what a security profile forbids. `fapi2`: FAPI 2.0. Default: none.'),
  refreshOffsetMs: nonNegativeMs
    .optional()
    .describe('How long before its expiry a token is renewed, but never in the first half of its lifetime.')
    .meta({ default: 1_800_000 }),
  defaultTtlMs: nonNegativeMs
    .optional()
    .describe('The lifetime of a token whose response has no `expires_in`.')
    .meta({ default: 300_000 }),
  acquireTimeoutMs: positiveMs
    .optional()
    .describe('Time limit for getting one token, including discovery and retries.')
    .meta({ default: 30_000 }),
  insecureHttp: z
    .boolean()
    .optional()
    .describe('Allows `http:` beyond loopback for the issuer and the token endpoint.')
    .meta({ default: false }),
});

/** An `auth` that requests tokens. */
export type OAuth2Auth = z.output<typeof oauth2Fields>;
