import { isSecretName } from '@bearings/client/errors';
import { z } from 'zod';
import { secretReference } from '../secrets/secret-schema.ts';
import { isObject, nonBlankText, text } from './field-schemas.ts';

/** The URL of a database, without secrets. */
const databaseUrl = (schemes: RegExp, example: string): z.ZodString =>
  text.superRefine((value, context) => {
    const url = URL.parse(value);
    const wrong = (found: string, message: string): void =>
      context.addIssue({ code: 'custom', message, params: { found } });
    if (url === null || !schemes.test(url.protocol) || url.hostname === '') {
      return wrong('is not the URL of a server', `must be one, such as ${example}`);
    }
    if (url.username !== '' || url.password !== '') {
      return wrong('contains a user or a password', 'remove it and use user and passwordRef');
    }
    if ([...url.searchParams.keys()].some(isSecretName)) {
      return wrong('has a query parameter that may be a secret', 'remove it and use passwordRef');
    }
  });

const fields = z.strictObject({
  file: nonBlankText
    .optional()
    .describe(
      'A SQLite file, created with mode 0600 in a folder with mode 0700. A relative path starts from the current folder. Set this, `redis` or `postgres`.',
    )
    .meta({ examples: ['/var/cache/billing/tokens.db'] }),
  redis: databaseUrl(/^rediss?:$/, 'rediss://cache.internal:6379')
    .optional()
    .describe('The URL of a Redis or Valkey. Needs the package `@redis/client`.')
    .meta({ examples: ['rediss://cache.internal:6379'] }),
  postgres: databaseUrl(/^postgres(?:ql)?:$/, 'postgres://db.internal/tokens')
    .optional()
    .describe('The URL of a PostgreSQL. Needs the package `pg`.')
    .meta({ examples: ['postgres://db.internal/tokens'] }),
  user: nonBlankText.optional().describe('The user at `redis` or `postgres`.'),
  passwordRef: secretReference.optional().describe('Reference to the password of the user. It is read once.'),
  prefix: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be letters, digits and . : _ -')
    .optional()
    .describe('The beginning of every key in `redis`. Default: `bearings:`.')
    .meta({ examples: ['staging:'] }),
  table: z
    .string()
    .regex(/^[a-z_]\w*(?:\.[a-z_]\w*)?$/i, 'must be a name, or schema.name')
    .optional()
    .describe('The table in `postgres`, created if the user may create it. Default: `bearings_tokens`.'),
  keyRef: secretReference.describe(
    "Reference to the key that tokens are sealed with: 32 random bytes as base64 or base64url, as `openssl rand -base64 32` prints them. A config's key has the id `key`: code that shares with it uses `{ current: 'key', keys: { key } }`. To change the key, use a new `prefix`, `table` or `file`, or open the store in code, with several keys.",
  ),
});

/** The store in which replicas share tokens, as the file describes it. */
export type TokenStoreConfig = z.output<typeof fields>;

const places = ['file', 'redis', 'postgres'] as const;

/** A field that needs one of others. */
const needs: readonly (readonly [keyof TokenStoreConfig, ...(keyof TokenStoreConfig)[]])[] = [
  ['user', 'redis', 'postgres'],
  ['passwordRef', 'redis', 'postgres'],
  ['prefix', 'redis'],
  ['table', 'postgres'],
];

/** Where processes share tokens. */
export const tokenStoreSchema = fields.superRefine(
  (store, context) => {
    const wrong = (path: readonly string[], found: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message, params: { found } });
    const [first, ...others] = places.filter((place) => store[place] !== undefined);
    if (first === undefined) wrong([], 'names no store', 'set file, redis or postgres');
    for (const other of others) wrong([other], 'is a second store', `remove it, or ${first}`);
    for (const [given, ...needed] of needs) {
      if (store[given] === undefined || needed.some((name) => store[name] !== undefined)) continue;
      wrong(
        [given],
        'has no effect',
        `remove it: only ${needed.join(' and ')} ${needed.length > 1 ? 'use' : 'uses'} it`,
      );
    }
  },
  { when: isObject },
);
