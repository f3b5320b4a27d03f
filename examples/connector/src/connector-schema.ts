import { secretReference } from '@bearings/config';
import { z } from 'zod';
import { name, url } from './schema/fields.ts';
import { resources } from './schema/resource-schema.ts';

const oauth = z
  .strictObject({
    grantType: z.literal('client_credentials').describe('The only grant for a service by itself (RFC 6749 §4.4).'),
    tokenUrl: url.describe('The token endpoint.'),
    clientId: z.string().min(1).describe('The id of the client.'),
    clientSecretRef: secretReference
      .optional()
      .describe('The place of the secret: `env:NAME` or `file:/path`. Without it the client is a public client.'),
    clientAuthMethod: z
      .enum(['client_secret_basic', 'client_secret_post'])
      .optional()
      .describe('How the secret is sent. Without it, `client_secret_basic`.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: without space, quote or backslash'))
      .default([])
      .describe('The scopes to request.'),
    audience: z.string().min(1).optional().describe('The audience of the token.'),
  })
  .refine(({ clientAuthMethod, clientSecretRef }) => clientAuthMethod === undefined || clientSecretRef !== undefined, {
    path: ['clientSecretRef'],
    message: 'must be set, because clientAuthMethod needs a secret',
  })
  .meta({ dependentRequired: { clientAuthMethod: ['clientSecretRef'] } })
  .describe(
    'Tokens by the client credentials grant. Takes precedence over `auth` and an `Authorization` header in `headers`.',
  );

const auth = z
  .strictObject({ bearerTokenRef: secretReference.describe('The place of the token: `env:NAME` or `file:/path`.') })
  .describe('A static bearer token.');

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header');

const headers = z
  .record(headerName, z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be visible characters on one line'))
  .describe('Headers of every request. The file holds their values, so none should be a secret.');

const restPull = z.strictObject({
  mode: z.literal('rest_pull').describe('The connector pulls records from a REST API, page by page.'),
  url: url
    .regex(/^[^?#]*$/, 'must have no query: use params of the resources instead')
    .describe('The URL of the API. Credentials and requests are sent only to its origin.'),
  headers: headers.default({}),
  secretHeaders: z
    .record(headerName, secretReference)
    .default({})
    .describe('Headers whose values are secrets, such as an API key: `env:NAME` or `file:/path` for each.'),
  auth: auth.optional(),
  oauth: oauth.optional(),
  timeoutMs: z.int().min(1).default(30_000).describe('Milliseconds until the response headers, for each attempt.'),
  bodyTimeoutMs: z
    .int()
    .min(1)
    .default(600_000)
    .describe('Milliseconds for the whole body of a response, also when it arrives little by little.'),
  retryLimit: z.int().min(0).default(2).describe('How often a page is retried after 5xx or no answer.'),
  maxPageBytes: z
    .int()
    .min(1)
    .default(64 * 1_024 * 1_024)
    .describe('The largest response in bytes, after decompression. A page is in memory as a whole.'),
  concurrency: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'How many pages to request at the same time, from different lists. With more than 1 the lists are mixed in the output.',
    ),
  requestsPerSecond: z
    .number()
    .positive('must be more than 0')
    .optional()
    .describe('The largest number of requests per second, of all resources together.'),
  maxThrottleMs: z
    .int()
    .min(0)
    .default(3_600_000)
    .describe('The longest wait for one page when the server answers 429, in milliseconds. Such waits are no retries.'),
  resources: resources.describe('The lists to pull, in this order.'),
});

const restPush = z.strictObject({
  mode: z.literal('rest_push').describe('The connector has an endpoint that receives records.'),
  path: z.string().startsWith('/', 'must begin with a slash').describe('The path of that endpoint.'),
  auth: auth.optional().describe('The bearer token that senders must send.'),
});

const sqlPull = z.strictObject({
  mode: z.literal('sql_pull').describe('The connector queries a database.'),
  connectionRef: secretReference.describe('The place of the connection string: `env:NAME` or `file:/path`.'),
  query: z.string().min(1).describe('The query whose rows are the records.'),
});

/** The schema of a source, by its mode. */
export const sources = { rest_pull: restPull, rest_push: restPush, sql_pull: sqlPull } as const;

const source = z.discriminatedUnion('mode', [restPull, restPush, sqlPull]).describe('The source of the records.');

const schedule = z
  .strictObject({
    cron: z
      .string()
      .regex(
        /^\s*(?:[^\s]+\s+){4}[^\s]+\s*$/,
        'must have five fields: minute, hour, day of the month, month, day of the week',
      )
      .describe('Minute, hour, day of the month, month, day of the week: `0 3 * * *` is each day at three.'),
    timezone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
      .default('UTC')
      .describe('The time zone of these times.'),
  })
  .describe('When `connector worker` runs the connector automatically. `connector run` does not use it.');

/** The schema of a connector file. */
export const connectorSchema = z
  .strictObject({
    kind: z.literal('Connector').describe('The type of the file.'),
    metadata: z.strictObject({ name }).describe('The name of the connector.'),
    spec: z.strictObject({ source, schedule: schedule.optional() }).describe('The settings of the connector.'),
  })
  .meta({ title: 'Connector', description: 'A source of records, and how to pull them.' });

/** A checked connector, with all defaults. */
export type Connector = z.output<typeof connectorSchema>;

/** How records arrive. */
export type Mode = keyof typeof sources;

/** A REST API to pull from, page by page. */
export type RestPull = z.output<typeof restPull>;

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
