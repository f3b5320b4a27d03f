import { z } from 'zod';
import { keyReference, secretReference } from '../secrets/secret-schema.ts';
import { isObject, nonBlankText, params } from './field-schemas.ts';

const tokenType = z.union([
  z.enum(['access_token', 'refresh_token', 'id_token', 'jwt', 'saml1', 'saml2']),
  z.templateLiteral([z.string(), ':', z.string()], { error: 'a URI (RFC 8693 §3)' }),
]);

const clientCredentials = z
  .strictObject({ type: z.literal('client_credentials').describe("The client's own token (RFC 6749 §4.4).") })
  .describe("The client's own token.");

const tokenExchange = z
  .strictObject({
    type: z.literal('token_exchange').describe('Exchanges a token for one of this server (RFC 8693).'),
    subjectTokenRef: secretReference.describe(
      'Reference to the token of the party on whose behalf the request is made. It is read again for each token request.',
    ),
    subjectTokenType: tokenType.optional().describe('Its type (RFC 8693 §3).').meta({ default: 'access_token' }),
    actorTokenRef: secretReference
      .optional()
      .describe('Reference to the token of the party that acts. Default: none, so the client acts.'),
    actorTokenType: tokenType.optional().describe('Its type.').meta({ default: 'access_token' }),
    requestedTokenType: tokenType
      .optional()
      .describe("The type of token that is requested. Default: the server's own choice."),
  })
  .superRefine(
    (grant, context) => {
      if (grant.actorTokenType === undefined || grant.actorTokenRef !== undefined) return;
      const message = 'remove it, or set actorTokenRef';
      context.addIssue({ code: 'custom', path: ['actorTokenType'], message, params: { found: 'has no effect' } });
    },
    { when: isObject },
  )
  .describe(
    'A token in exchange for another one, for `audience`, `resource` and `scopes`. It is used no longer than its subject is valid, and ' +
      'not shared by `tokenStore`.',
  );

const jwtBearer = z
  .strictObject({
    type: z.literal('jwt_bearer').describe('Presents a JWT as the grant (RFC 7523 §2.1).'),
    assertionRef: secretReference
      .optional()
      .describe('Reference to a JWT of another party. Set either this or `privateKeyRef`. Not shared by `tokenStore`.'),
    privateKeyRef: keyReference.optional().describe('Reference to the key that signs the JWT.'),
    keyId: nonBlankText.optional().describe('The `kid` of the JWT. Default: the `kid` of the JWK.'),
    signingAlg: nonBlankText
      .optional()
      .describe('The algorithm of the JWT. Default: the one that fits the key.')
      .meta({ examples: ['ES256'] }),
    issuer: nonBlankText.optional().describe('The `iss` of the JWT. Default: `clientId`.'),
    subject: nonBlankText
      .optional()
      .describe('The `sub` of the JWT: the user or account that the token is for. Default: `issuer`.'),
    audience: nonBlankText
      .optional()
      .describe('The `aud` of the JWT. Default: the issuer of the server, or `tokenUrl` if there is no issuer.'),
    claims: params.optional().describe('Further claims of the JWT.'),
  })
  .superRefine(
    (grant, context) => {
      const wrong = (path: readonly string[], found: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [...path], message, params: { found } });
      const { type: _type, assertionRef, privateKeyRef, ...others } = grant;
      if (assertionRef === undefined && privateKeyRef === undefined)
        return wrong([], 'has neither assertionRef nor privateKeyRef', 'must have one of them');
      if (assertionRef === undefined) return;
      if (privateKeyRef !== undefined)
        return wrong([], 'has both assertionRef and privateKeyRef', 'must have one of them');
      for (const [name, value] of Object.entries(others))
        if (value !== undefined) wrong([name], 'has no effect', 'remove it: the JWT of assertionRef is sent as it is');
    },
    { when: isObject },
  )
  .describe(
    'A token for a JWT: one of another party, or one that is signed here for each request and valid for five minutes.',
  );

/** How the token is requested, by `type`. */
export const grantSchema = z.discriminatedUnion('type', [clientCredentials, tokenExchange, jwtBearer]);

/** How the token is requested. References, not secrets. */
export type GrantFields = z.output<typeof grantSchema>;
