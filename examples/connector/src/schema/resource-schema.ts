import { z } from 'zod';
import { name, place, pointer, target } from './fields.ts';
import { checkBodies, checkParents } from './resource-checks.ts';
import { paging } from './paging-schema.ts';

const parent = z
  .strictObject({
    resource: z.string().describe('The name of the resource whose records are the parents.'),
    values: z
      .record(z.string().regex(/^\w+$/, 'must be letters, digits and _'), pointer)
      .describe('Names for `{name}` in `path`, `params` and `body`, each with its JSON pointer in the parent record.'),
    notFound: z
      .enum(['fail', 'skip'])
      .default('fail')
      .describe('With `skip`, a 404 for a parent means that it has no records. A warning names it.'),
  })
  .describe('Pulls this list once for each record of another resource, such as `v1/users/{id}/orders`.');

const incremental = z
  .strictObject({
    field: pointer.min(1).describe('JSON pointer in a record to the time or number of its last change.'),
    param: target.describe('Where the start goes: a query parameter, `header:Name`, or a JSON pointer into `body`.'),
    value: z
      .string()
      .includes('{since}', 'must have {since}, where the start goes')
      .default('{since}')
      .describe('What is sent there, such as `updated ge {since}`.'),
    start: z.string().min(1).optional().describe('The start of the first pull. Without it, the first pull has none.'),
    lookBackS: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'How many seconds before the latest change to start again, for changes that appear late. For numbers that are no time, in their unit.',
      ),
  })
  .describe('After everything was pulled, the next run pulls only what has changed since, and adds it to the output.');

/** One list of records. */
const resource = z.strictObject({
  name,
  path: z
    .string()
    .regex(/^(?![A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|\\)[^?#]*$/, 'must be a path below spec.source.url, without a query')
    .describe('The path below `spec.source.url`.'),
  method: z.enum(['GET', 'POST']).default('GET').describe('The method. `POST` is for searches: it may be sent again.'),
  params: z.record(z.string(), z.string()).default({}).describe('Query parameters of every page.'),
  body: z.record(z.string(), z.json()).optional().describe('The JSON body of every page, with `method: POST`.'),
  records: pointer
    .default('')
    .describe(
      'JSON pointer to the list of records in a response. Empty: the response itself. `*` is each item, such as `/entry/*/resource`. A list that is `null` is empty.',
    ),
  missingRecords: z
    .enum(['fail', 'none'])
    .default('fail')
    .describe('With `none`, a response without that list has no records.'),
  errors: pointer
    .min(1)
    .optional()
    .describe('JSON pointer to errors in a response of status 200. If there are any, the page has failed.'),
  total: place
    .optional()
    .describe(
      'Where the response says how many records there are, such as `header:X-Total-Count`. For the progress display, and the end of paging by `page` and `offset`.',
    ),
  parent: parent.optional(),
  incremental: incremental.optional(),
  dedupe: z
    .boolean()
    .default(false)
    .describe('A record that is already in the output, with the same content, is not written again.'),
  expiredCursor: z
    .enum(['fail', 'restart'])
    .default('fail')
    .describe(
      'With `restart`, a list whose cursor the server no longer knows is pulled from its first page again; what is already in the output is not written twice.',
    ),
  maxPages: z.int().min(1).default(100_000).describe('A list with more pages fails: it may have no end.'),
  maxEmptyPages: z.int().min(1).default(20).describe('A list with more empty pages in a row fails.'),
  paging,
});

/** The resources of a source, in the order in which they are pulled. */
export const resources = z
  .array(resource)
  .min(1)
  .refine((list) => new Set(list.map((each) => each.name)).size === list.length, 'must have unique names')
  .check(checkParents, checkBodies);

/** One list of records of a source. */
export type Resource = z.output<typeof resource>;
