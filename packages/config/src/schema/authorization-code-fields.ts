import { providers } from '@bearings/user-tokens/providers';
import { z } from 'zod';
import { dpopSchema } from './dpop-schema.ts';
import { httpUrl, nonBlankText, params, text } from './field-schemas.ts';
import { scope } from './oauth2-fields.ts';
import { secretReference } from '../secrets/secret-schema.ts';

/** The fields of `oauth2_authorization_code`, without the rules about several of them. */
export const authorizationCodeFields = z.strictObject({
  type: z.literal('oauth2_authorization_code').describe('A token of the person at the terminal (RFC 6749 §4.1).'),
  provider: z
    .enum(Object.keys(providers))
    .optional()
    .describe('What differs at a known provider. Some need `issuerUrl` too, the address of your own tenant.')
    .meta({ examples: ['google'] }),
  issuerUrl: httpUrl
    .optional()
    .describe('The issuer. Its endpoints are discovered. Set this, the endpoints, or a `provider` that has them.')
    .meta({ examples: ['https://id.internal/realms/prod'] }),
  authorizationUrl: httpUrl.optional().describe('The authorization endpoint, of a server without metadata.'),
  tokenUrl: httpUrl.optional().describe('The token endpoint, of a server without metadata.'),
  revocationUrl: httpUrl.optional().describe('The revocation endpoint (RFC 7009), with `tokenUrl`.'),
  deviceAuthorizationUrl: httpUrl.optional().describe('The endpoint for devices (RFC 8628), with `tokenUrl`.'),
  clientId: nonBlankText.describe('The OAuth client id.').meta({ examples: ['billing-cli'] }),
  clientSecretRef: secretReference
    .optional()
    .describe('Reference to the client secret. Default: none, for a public client, as a program of people usually is.'),
  clientAuthMethod: z
    .enum(['client_secret_basic', 'client_secret_post', 'none'])
    .optional()
    .describe('How the client authenticates. Default with a secret: as the server supports. Default without: `none`.'),
  scopes: z
    .array(scope)
    .optional()
    .describe(
      'The scopes to ask the person for. Most OpenID providers issue a refresh token for `openid` and `offline_access` only.',
    )
    .meta({ examples: [['openid', 'offline_access', 'orders.read']] }),
  resource: z
    .union([text, z.array(text)])
    .optional()
    .describe('The resources that the token is for: one absolute URI or a list (RFC 8707).')
    .meta({ examples: ['https://orders.internal'] }),
  dpop: dpopSchema
    .optional()
    .describe(
      'Binds tokens to a key, so that a copied token is of no use (DPoP, RFC 9449): `true` for a new key at each login, which is ' +
        'stored sealed with the tokens, or `{ privateKeyRef }` for yours, which is not stored.',
    )
    .meta({ default: false }),
  authParams: params.optional().describe('More parameters for the authorization request, such as `audience`.'),
  insecureHttp: z
    .boolean()
    .optional()
    .describe('Allows `http:` beyond loopback for the issuer and the endpoints.')
    .meta({ default: false }),
});

/** An `auth` with the token of a person. */
export type AuthorizationCodeAuth = z.output<typeof authorizationCodeFields>;
