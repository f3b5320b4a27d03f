import { z } from 'zod';
import { authorizationCodeSchema } from './authorization-code-schema.ts';
import { headerNameText, text } from './field-schemas.ts';
import { googleServiceAccountSchema } from './google-service-account-schema.ts';
import { oauth2Schema } from './oauth2-schema.ts';
import { secretReference } from '../secrets/secret-schema.ts';

const bearer = z
  .strictObject({
    type: z.literal('bearer').describe('A token that another process keeps valid (RFC 6750).'),
    tokenRef: secretReference.describe('Reference to the token. It is read again after a 401.'),
  })
  .describe('A token that another process keeps valid, sent as `Authorization: Bearer …`.');

const basic = z
  .strictObject({
    type: z.literal('basic').describe('User and password (RFC 7617).'),
    username: text
      .regex(/^[^:]+$/, 'must have no colon (RFC 7617 §2)')
      .refine((name) => !/\p{Cc}/u.test(name), 'must have no control character (RFC 7617 §2)')
      .describe('The user name.')
      .meta({ examples: ['billing'] }),
    passwordRef: secretReference.describe('Reference to the password. It is read again after a 401.'),
  })
  .describe('User and password, sent as `Authorization: Basic …`.');

const apiKey = z
  .strictObject({
    type: z.literal('api_key').describe('A key in a header.'),
    header: headerNameText
      .default('x-api-key')
      .describe('The header that carries the key. It is protected like Authorization.'),
    keyRef: secretReference.describe('Reference to the key. It is sent unchanged, and read again after a 401.'),
  })
  .describe('A key in a header of its own.');

const none = z
  .strictObject({ type: z.literal('none').describe('No credential.') })
  .describe('No credential. It must be set explicitly, so that none is forgotten.');

/** How requests are authenticated, by `type`. */
export const authSchema = z.discriminatedUnion('type', [
  oauth2Schema,
  authorizationCodeSchema,
  googleServiceAccountSchema,
  bearer,
  basic,
  apiKey,
  none,
]);

/** How requests are authenticated. References, not secrets. */
export type Auth = z.output<typeof authSchema>;
