import { z } from 'zod';
import { authSchema } from './auth-schema.ts';
import {
  anyMs,
  countFrom0,
  countFrom1,
  headers,
  httpUrl,
  isObject,
  isSafe,
  limitMs,
  originText,
} from './field-rules.ts';

const concurrency = z
  .strictObject({
    limit: countFrom1.optional().describe('Calls under way at once. By default as many as come.'),
    limitPerOrigin: countFrom1
      .optional()
      .describe('Calls under way at once to one origin. By default as many as come.'),
    queue: countFrom0
      .optional()
      .describe('How many may wait for a place; whoever comes then fails at once.')
      .meta({ default: 0 }),
    queueTimeoutMs: anyMs.optional().describe('How long one may wait for a place.').meta({ default: 1_000 }),
  })
  .describe('How many calls at once; the next one fails with `OVERLOADED`.');

const retry = z
  .strictObject({
    limit: countFrom0.optional().describe('How often a call is tried again; 0 for never.').meta({ default: 2 }),
    statusCodes: z
      .array(z.int().min(100).max(599))
      .optional()
      .describe('Answers after which an idempotent call is tried again.')
      .meta({ default: [408, 429, 500, 502, 503, 504] }),
    maxRetryAfterMs: anyMs
      .optional()
      .describe('The longest wait that a server may ask for (`Retry-After`).')
      .meta({ default: 60_000 }),
    backoffLimitMs: anyMs.optional().describe('The longest wait otherwise.').meta({ default: 20_000 }),
  })
  .describe('How often, and when, a failed call is tried again.');

const redirects = z
  .strictObject({
    limit: countFrom0.optional().describe('How many hops are followed.').meta({ default: 10 }),
    origins: z
      .array(originText)
      .optional()
      .describe("Origins that may be gone to besides the call's own. Credentials do not go along."),
  })
  .describe('Which redirects are followed.');

const fields = z.strictObject({
  baseUrl: httpUrl
    .describe('Where paths begin. Its origin is the only one that the credential goes to.')
    .meta({ examples: ['https://orders.internal'] }),
  auth: authSchema.describe('How requests are authenticated.'),
  profile: z
    .enum(['default', 'minimal', 'infra', 'sse', 'proxy'])
    .optional()
    .describe(
      'What the settings below are by default: `profiles` of @bearings/client. Defaults shown are those of `default`.',
    )
    .meta({ default: 'default' }),
  timeoutMs: limitMs
    .optional()
    .describe('For each attempt, until the response head; `false` for no limit.')
    .meta({ default: 30_000 }),
  bodyTimeoutMs: limitMs
    .optional()
    .describe('How long the body may stand still while it is read; `false` for no limit.')
    .meta({ default: 30_000 }),
  totalTimeoutMs: limitMs
    .optional()
    .describe('For the whole call, with attempts, waits, token and body; `false` for no limit.')
    .meta({ default: false }),
  maxResponseBytes: countFrom1
    .optional()
    .describe('The largest response body, after decompression.')
    .meta({ default: 10_485_760 }),
  retry: retry.optional(),
  concurrency: concurrency.optional(),
  redirects: redirects.optional(),
  headers: headers.optional().describe('Headers of every request. No secrets: those are what `auth` is for.'),
  userAgent: z
    .string()
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be visible characters')
    .optional()
    .describe('What requests without a `user-agent` send.')
    .meta({ default: 'bearings' }),
  insecureHttp: z
    .boolean()
    .optional()
    .describe('Allows http beyond loopback, as inside a mesh that does TLS itself.')
    .meta({ default: false }),
});

/** One client, as it is written. */
export const clientSchema = fields
  .superRefine(
    ({ baseUrl, insecureHttp, timeoutMs, totalTimeoutMs }, context) => {
      const wrong = (field: string, found: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message, params: { found } });
      if (!isSafe(baseUrl, insecureHttp)) {
        wrong('baseUrl', 'is http beyond loopback', 'must be https; insecureHttp: true allows http');
      }
      const isSet = typeof timeoutMs === 'number' && typeof totalTimeoutMs === 'number';
      if (isSet && timeoutMs > totalTimeoutMs) {
        wrong(
          'timeoutMs',
          'is longer than totalTimeoutMs',
          'must be at most as long: it is for one attempt of the call',
        );
      }
    },
    { when: isObject },
  )
  .describe('One client.');

/** What a config says of one client. */
export type ClientConfig = z.output<typeof clientSchema>;
