import { isSecure } from '@bearings/client/layer';
import { secretReference } from '@bearings/config';
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must be letters, digits, - and _, and begin with a letter or digit')
  .describe('What messages and records call it: letters, digits, `-` and `_`.');

const url = z.string().refine((value) => {
  const parsed = URL.parse(value);
  return parsed !== null && isSecure(parsed) && parsed.username === '' && parsed.password === '';
}, 'must be an https URL (http on loopback apart), without user and password');

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer such as /data/items (RFC 6901)');

const parameter = z.string().min(1);

const noPaging = z.strictObject({ type: z.literal('none').describe('One answer holds everything.') });

const linkPaging = z.strictObject({
  type: z.literal('link').describe('Each answer names the next page in its `Link` header, `rel="next"` (RFC 8288).'),
});

const cursorPaging = z.strictObject({
  type: z.literal('cursor').describe('Each answer holds the cursor of the next page.'),
  next: pointer.describe('JSON pointer to the next cursor. Missing, `null` or empty there: it was the last page.'),
  param: parameter.default('cursor').describe('The query parameter that takes the cursor.'),
});

const pagePaging = z.strictObject({
  type: z
    .literal('page')
    .describe('Pages are counted. The last one is empty, or has fewer records than one before it.'),
  param: parameter.default('page').describe('The query parameter that takes the number.'),
  size: z.int().min(1).optional().describe('How many records to ask for in a page. The server decides without it.'),
  sizeParam: parameter.default('per_page').describe('The query parameter that takes the size.'),
  first: z.int().min(0).default(1).describe('The number of the first page.'),
  afterLast: z
    .enum(['empty_page', 'not_found'])
    .default('empty_page')
    .describe('What the server answers beyond the last page. `not_found`: a 404 is then the end and no failure.'),
});

/** How one page leads to the next. Has to be said: what is guessed wrong here is lost without a word. */
const paging = z
  .discriminatedUnion('type', [noPaging, linkPaging, cursorPaging, pagePaging])
  .describe('How one page leads to the next.');

const resource = z.strictObject({
  name,
  path: z
    .string()
    .regex(/^(?![A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|\\)[^?#]*$/, 'must be a path below spec.source.url, without a query')
    .describe('The path below `spec.source.url`.'),
  params: z.record(z.string(), z.string()).default({}).describe('Query parameters of every page.'),
  records: pointer.default('').describe('JSON pointer to the list of records in an answer. Empty: the answer itself.'),
  paging,
});

const oauth = z
  .strictObject({
    grantType: z.literal('client_credentials').describe('The only grant for a service by itself (RFC 6749 §4.4).'),
    tokenUrl: url.describe('The token endpoint.'),
    clientId: z.string().min(1).describe('The id of the client.'),
    clientSecretRef: secretReference
      .optional()
      .describe('Where the secret is: `env:NAME` or `file:/path`. Without it the client is a public one.'),
    clientAuthMethod: z
      .enum(['client_secret_basic', 'client_secret_post'])
      .optional()
      .describe('How the secret is sent. `client_secret_basic` when it is not said.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: without space, quote or backslash'))
      .default([])
      .describe('The scopes to ask for.'),
    audience: z.string().min(1).optional().describe('Whom the token is for.'),
  })
  .refine(({ clientAuthMethod, clientSecretRef }) => clientAuthMethod === undefined || clientSecretRef !== undefined, {
    path: ['clientSecretRef'],
    message: 'must say where the secret is, because clientAuthMethod says how to send it',
  })
  .meta({ dependentRequired: { clientAuthMethod: ['clientSecretRef'] } })
  .describe('Tokens by the client credentials grant. Goes before `auth` and a hand-written `Authorization` header.');

const auth = z
  .strictObject({ bearerTokenRef: secretReference.describe('Where the token is: `env:NAME` or `file:/path`.') })
  .describe('A bearer token that somebody else looks after.');

const headers = z
  .record(
    z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header'),
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be visible characters on one line'),
  )
  .describe('Headers of every request. They are in the file as they are, so none should be a secret.');

const restPull = z.strictObject({
  mode: z.literal('rest_pull').describe('The connector asks a REST API for its records, page by page.'),
  url: url
    .regex(/^[^?#]*$/, 'must have no query: say params of the resources instead')
    .describe('Where the API is. Credentials and requests go to its origin and nowhere else.'),
  headers: headers.default({}),
  auth: auth.optional(),
  oauth: oauth.optional(),
  timeoutMs: z.int().min(1).default(30_000).describe('Milliseconds until the head of an answer, for each attempt.'),
  retryLimit: z.int().min(0).default(2).describe('How often a page is tried again after 429, 5xx or no answer.'),
  resources: z
    .array(resource)
    .min(1)
    .refine((list) => new Set(list.map((each) => each.name)).size === list.length, 'must have names that differ')
    .describe('What is pulled, in this order.'),
});

const restPush = z.strictObject({
  mode: z.literal('rest_push').describe('The connector has an endpoint to which others send records.'),
  path: z.string().startsWith('/', 'must begin with a slash').describe('The path of that endpoint.'),
  auth: auth.optional().describe('The bearer token that senders have to show.'),
});

const sqlPull = z.strictObject({
  mode: z.literal('sql_pull').describe('The connector asks a database.'),
  connectionRef: secretReference.describe('Where the connection string is: `env:NAME` or `file:/path`.'),
  query: z.string().min(1).describe('The query whose rows are the records.'),
});

/** The schema of a source, by its mode. */
export const sources = { rest_pull: restPull, rest_push: restPush, sql_pull: sqlPull } as const;

const source = z
  .discriminatedUnion('mode', [restPull, restPush, sqlPull])
  .describe('Where the records come from, and how.');

/** The schema of a connector file: everything that can be said in one. */
export const connectorSchema = z
  .strictObject({
    kind: z.literal('Connector').describe('What the file is about.'),
    metadata: z.strictObject({ name }).describe('What the connector is called.'),
    spec: z.strictObject({ source }).describe('What the connector does.'),
  })
  .meta({ title: 'Connector', description: 'Where records come from, and how they are asked for.' });

/** A connector, checked, with every default in place. */
export type Connector = z.output<typeof connectorSchema>;

/** How records come. */
export type Mode = keyof typeof sources;

/** A source that is asked for its records, page by page. */
export type RestPull = z.output<typeof restPull>;

/** One list of records of a source. */
export type Resource = z.output<typeof resource>;
