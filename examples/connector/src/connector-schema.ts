import { isSecure } from '@bearings/client/layer';
import { secretReference } from '@bearings/config';
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must be letters, digits, - and _, and begin with a letter or digit')
  .describe('The name in messages and records: letters, digits, `-` and `_`.');

const url = z.string().refine((value) => {
  const parsed = URL.parse(value);
  return parsed !== null && isSecure(parsed) && parsed.username === '' && parsed.password === '';
}, 'must be an https URL (http only to this machine), without user and password');

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer such as /data/items (RFC 6901)');

const parameter = z.string().min(1);

const noPaging = z.strictObject({ type: z.literal('none').describe('One response holds all records.') });

const linkPaging = z.strictObject({
  type: z.literal('link').describe('Each response names the next page in its `Link` header, `rel="next"` (RFC 8288).'),
});

const cursorPaging = z.strictObject({
  type: z.literal('cursor').describe('Each response holds the cursor of the next page.'),
  next: pointer.describe(
    'JSON pointer to the next cursor. If it is missing, `null` or empty, the page is the last one.',
  ),
  param: parameter.default('cursor').describe('The query parameter for the cursor.'),
});

const pagePaging = z.strictObject({
  type: z
    .literal('page')
    .describe('Pages have numbers. The last page is empty, or has fewer records than an earlier one.'),
  param: parameter.default('page').describe('The query parameter for the number.'),
  size: z.int().min(1).optional().describe('How many records to request per page. Without it the server decides.'),
  sizeParam: parameter.default('per_page').describe('The query parameter for the size.'),
  first: z.int().min(0).default(1).describe('The number of the first page.'),
  afterLast: z
    .enum(['empty_page', 'not_found'])
    .default('empty_page')
    .describe('How the server answers after the last page. With `not_found`, a 404 is the end and not a failure.'),
});

/** How to find the next page. Required: a wrong guess would silently lose records. */
const paging = z
  .discriminatedUnion('type', [noPaging, linkPaging, cursorPaging, pagePaging])
  .describe('How to find the next page.');

const resource = z.strictObject({
  name,
  path: z
    .string()
    .regex(/^(?![A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|\\)[^?#]*$/, 'must be a path below spec.source.url, without a query')
    .describe('The path below `spec.source.url`.'),
  params: z.record(z.string(), z.string()).default({}).describe('Query parameters of every page.'),
  records: pointer
    .default('')
    .describe('JSON pointer to the list of records in a response. Empty: the response itself.'),
  paging,
});

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

const headers = z
  .record(
    z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header'),
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be visible characters on one line'),
  )
  .describe('Headers of every request. The file holds their values, so none should be a secret.');

const restPull = z.strictObject({
  mode: z.literal('rest_pull').describe('The connector pulls records from a REST API, page by page.'),
  url: url
    .regex(/^[^?#]*$/, 'must have no query: use params of the resources instead')
    .describe('The URL of the API. Credentials and requests are sent only to its origin.'),
  headers: headers.default({}),
  auth: auth.optional(),
  oauth: oauth.optional(),
  timeoutMs: z.int().min(1).default(30_000).describe('Milliseconds until the response headers, for each attempt.'),
  retryLimit: z.int().min(0).default(2).describe('How often a page is retried after 429, 5xx or no answer.'),
  resources: z
    .array(resource)
    .min(1)
    .refine((list) => new Set(list.map((each) => each.name)).size === list.length, 'must have unique names')
    .describe('The lists to pull, in this order.'),
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

/** The schema of a connector file. */
export const connectorSchema = z
  .strictObject({
    kind: z.literal('Connector').describe('The type of the file.'),
    metadata: z.strictObject({ name }).describe('The name of the connector.'),
    spec: z.strictObject({ source }).describe('The settings of the connector.'),
  })
  .meta({ title: 'Connector', description: 'A source of records, and how to pull them.' });

/** A checked connector, with all defaults. */
export type Connector = z.output<typeof connectorSchema>;

/** How records arrive. */
export type Mode = keyof typeof sources;

/** A REST API to pull from, page by page. */
export type RestPull = z.output<typeof restPull>;

/** One list of records of a source. */
export type Resource = z.output<typeof resource>;
