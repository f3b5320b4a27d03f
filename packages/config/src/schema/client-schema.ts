import { directoryUrl } from '@bearings/client/layer';
import { z } from 'zod';
import { networkSchema } from './network-schema.ts';
import { authSchema } from './auth-schema.ts';
import {
  nonNegativeMs,
  nonNegativeInt,
  positiveInt,
  text,
  headers,
  httpUrl,
  isObject,
  isSchemeAllowed,
  limitMs,
  originText,
} from './field-schemas.ts';

const concurrency = z
  .strictObject({
    limit: positiveInt.optional().describe('How many calls may be in flight at once. Default: no limit.'),
    limitPerOrigin: positiveInt
      .optional()
      .describe('How many calls may be in flight at once to one origin. Default: no limit.'),
    queue: nonNegativeInt
      .optional()
      .describe('How many more calls may wait. A call beyond that fails at once. 0: no call waits.')
      .meta({ default: 10_000 }),
    queueTimeout: limitMs
      .optional()
      .describe('How long a call may wait. `false`: as long as `totalTimeout` allows.')
      .meta({ default: false }),
  })
  .describe(
    'Limits the calls in flight. Calls beyond the limit wait in a queue; beyond that they fail with `OVERLOADED`.',
  );

const statusCode = z.int().min(100).max(599);

const retry = z
  .strictObject({
    limit: nonNegativeInt.optional().describe('How many retries a call gets. 0 disables retries.').meta({ default: 2 }),
    statusCodes: z
      .array(statusCode)
      .optional()
      .describe('Response statuses after which an idempotent call is retried.')
      .meta({ default: [408, 429, 500, 502, 503, 504] }),
    afterStatusCodes: z
      .array(statusCode)
      .optional()
      .describe('Response statuses whose `Retry-After` is followed.')
      .meta({ default: [413, 429, 503] }),
    maxRetryAfter: nonNegativeMs
      .optional()
      .describe('The longest `Retry-After` that is followed.')
      .meta({ default: 60_000 }),
    backoffLimit: nonNegativeMs
      .optional()
      .describe('The longest wait without `Retry-After`.')
      .meta({ default: 20_000 }),
  })
  .describe('How often and when a failed call is retried.');

const redirects = z
  .strictObject({
    limit: nonNegativeInt.optional().describe('How many redirects of one call are followed.').meta({ default: 10 }),
    origins: z
      .union([z.literal('any'), z.array(originText)])
      .optional()
      .describe("Allowed origins besides the call's own, or `any`. They get no credentials.")
      .meta({ default: [] }),
  })
  .describe('Which redirects are followed.');

/** The fields of one client, without the rules between them. */
export const clientFields = z.strictObject({
  baseUrl: httpUrl
    .describe(
      'The URL that paths are resolved against. A path in it ends in a slash. Its origin is the only one that gets the credential.',
    )
    .meta({ examples: ['https://orders.internal'] }),
  auth: authSchema.describe('How requests are authenticated.'),
  profile: z
    .enum(['default', 'minimal', 'infra', 'sse', 'proxy'])
    .optional()
    .describe(
      'A set of defaults for the settings below: `profiles` of @bearings/client. This page shows those of `default`.',
    )
    .meta({ default: 'default' }),
  doctor: z
    .strictObject({
      path: z
        .string()
        .min(1)
        .describe('A path that exists and needs the credential, relative to `baseUrl`.')
        .meta({ examples: ['/health'] }),
    })
    .optional()
    .describe('What `bearings doctor` asks the API. Default: `baseUrl` itself.'),
  timeout: limitMs
    .optional()
    .describe('Time limit for each attempt, until the response headers arrive. `false` disables it.')
    .meta({ default: 30_000 }),
  bodyTimeout: limitMs
    .optional()
    .describe('Longest pause between two chunks of the body. `false` disables it.')
    .meta({ default: 30_000 }),
  totalTimeout: limitMs
    .optional()
    .describe('Time limit for the whole call: attempts, waits, token and body. `false` disables it.')
    .meta({ default: false }),
  maxResponseBytes: positiveInt
    .optional()
    .describe('The largest response body, after decompression.')
    .meta({ default: 10_485_760 }),
  network: networkSchema
    .optional()
    .describe(
      'How connections are made, for calls and token requests. It replaces the `network` of the file as a whole.',
    ),
  retry: retry.optional(),
  concurrency: concurrency.optional(),
  redirects: redirects.optional(),
  headers: headers.optional().describe('Headers of every request. No secrets: use `auth` for those.'),
  userAgent: text
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be visible characters')
    .optional()
    .describe('The `user-agent` of requests that do not set one.')
    .meta({ default: 'bearings' }),
  insecureHttp: z
    .boolean()
    .optional()
    .describe('Allows `http:` beyond loopback, for example inside a service mesh that adds TLS.')
    .meta({ default: false }),
});

/** The schema of one client. */
export const clientSchema = clientFields
  .superRefine(
    ({ baseUrl, insecureHttp, timeout, totalTimeout }, context) => {
      const wrong = (field: string, found: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message, params: { found } });
      const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
      const remedy = url === null ? undefined : directoryUrl(url);
      if (remedy !== undefined)
        wrong('baseUrl', 'loses its last segment when a path is resolved against it', `must end in a slash: ${remedy}`);
      if (!isSchemeAllowed(baseUrl, insecureHttp)) {
        wrong('baseUrl', 'is http beyond loopback', 'must be https; insecureHttp: true allows http');
      }
      const isSet = typeof timeout === 'number' && typeof totalTimeout === 'number';
      if (isSet && timeout > totalTimeout) {
        wrong(
          'timeout',
          'is longer than totalTimeout',
          'must be at most as long, because it limits one attempt of the call',
        );
      }
    },
    { when: isObject },
  )
  .describe('One client.');

/** One client of a config. */
export type ClientConfig = z.output<typeof clientSchema>;
