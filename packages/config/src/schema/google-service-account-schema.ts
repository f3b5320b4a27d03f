import { z } from 'zod';
import { googleKeyReference } from '../secrets/secret-schema.ts';
import { nonBlankText, nonNegativeMs, positiveMs } from './field-schemas.ts';
import { scope } from './oauth2-fields.ts';

/** The schema of `google_service_account`. */
export const googleServiceAccountSchema = z
  .strictObject({
    type: z.literal('google_service_account').describe('A token for a service-account key of Google.'),
    serviceAccountKeyRef: googleKeyReference.describe(
      'Reference to the key file as it was downloaded. It has the client and the token endpoint. It is read once.',
    ),
    scopes: z
      .array(scope)
      .min(1)
      .describe('The scopes to request.')
      .meta({ examples: [['https://www.googleapis.com/auth/cloud-platform']] }),
    subject: nonBlankText
      .optional()
      .describe('The user whose data is accessed, by delegation of the domain. Default: the service account itself.'),
    refreshOffsetMs: nonNegativeMs
      .optional()
      .describe('How long before its expiry a token is renewed, but never in the first half of its lifetime.')
      .meta({ default: 1_800_000 }),
    acquireTimeoutMs: positiveMs
      .optional()
      .describe('Time limit for getting one token, including retries.')
      .meta({ default: 30_000 }),
  })
  .describe(
    'A token for a service-account key of Google, by the JWT bearer grant (RFC 7523 §2.1): what `googleServiceAccount` of ' +
      '@bearings/oauth-bearer makes of the key.',
  );

/** An `auth` with a service-account key of Google. */
export type GoogleServiceAccountAuth = z.output<typeof googleServiceAccountSchema>;
