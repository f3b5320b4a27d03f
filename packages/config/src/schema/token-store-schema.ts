import { z } from 'zod';
import { secretReference } from '../secrets/secret-schema.ts';
import { nonBlankText } from './field-schemas.ts';

/** Where processes share tokens. */
export const tokenStoreSchema = z.strictObject({
  file: nonBlankText
    .describe(
      'A SQLite file, created with mode 0600 in a folder with mode 0700. A relative path starts from the current folder.',
    )
    .meta({ examples: ['/var/cache/billing/tokens.db'] }),
  keyRef: secretReference.describe(
    'Reference to the key that tokens are sealed with: 32 random bytes as base64, as `openssl rand -base64 32` prints them.',
  ),
});

export type TokenStoreConfig = z.infer<typeof tokenStoreSchema>;
