import { z } from 'zod';
import { place, target } from './fields.ts';

const targetHelp = 'a query parameter, `header:Name`, or a JSON pointer into the posted `body`';

const more = place
  .optional()
  .describe(
    'Where the response says whether there are more pages, such as `/has_more`: after `false` there is no next page.',
  );

const endAfterEmptyPages = z.int().min(1).optional();

const followed = {
  more,
  endAfterEmptyPages: endAfterEmptyPages.describe(
    'For an API that always names a next page: so many empty pages in a row are the end. Without it only the API ends the list.',
  ),
};

const counted = {
  size: z.int().min(1).optional().describe('How many records to request per page. Without it the server decides.'),
  more,
  endAfterEmptyPages: endAfterEmptyPages
    .unwrap()
    .default(1)
    .describe('How many empty pages in a row are the end. A page that is only shorter than others never is.'),
  afterLast: z
    .enum(['empty_page', 'not_found', 'last_page'])
    .default('empty_page')
    .describe(
      'How the server answers after the last page. With `not_found`, a 404 is the end and not a failure. With `last_page`, the same page again is the end, and is not written twice.',
    ),
};

const nonePaging = z.strictObject({ type: z.literal('none').describe('One response holds all records.') });

const nextOrigin = z
  .enum(['must_match', 'replace'])
  .default('must_match')
  .describe(
    'What to do with a next address of another origin: to refuse it; or to request its path and query from the origin of `spec.source.url`, for a server behind a proxy that does not know its own name.',
  );

const linkPaging = z.strictObject({
  type: z
    .literal('link')
    .describe(
      'Each response names the next page in its `Link` header, `rel="next"` (RFC 8288). A link with `results="false"` is the end.',
    ),
  nextOrigin,
  ...followed,
});

const urlPaging = z.strictObject({
  type: z.literal('url').describe('Each response holds the whole address of the next page.'),
  next: place.describe(
    'Where the address is, such as `/@odata.nextLink`: a text, an object with `href` or `url`, or a list of links, of which the one with `rel` or `relation` `next` is taken. If there is none, the page is the last one.',
  ),
  nextOrigin,
  ...followed,
});

const cursorPaging = z.strictObject({
  type: z.literal('cursor').describe('Each response holds the cursor of the next page.'),
  next: place.describe(
    'Where the cursor is: a JSON pointer, `header:Name`, or `last:/id` for a field of the last record. If it is missing, `null`, `false`, empty, or a number 0 or -1, the page is the last one; also when `has_more`, `hasNextPage` or the like beside it is `false`.',
  ),
  param: target.default('cursor').describe(`Where the cursor goes: ${targetHelp}.`),
  ...followed,
});

const pagePaging = z.strictObject({
  type: z.literal('page').describe('Pages have numbers.'),
  param: target.default('page').describe(`Where the number goes: ${targetHelp}.`),
  sizeParam: target.default('per_page').describe('Where the size goes, likewise.'),
  first: z.int().min(0).default(1).describe('The number of the first page.'),
  pages: place.optional().describe('Where the response says how many pages there are, such as `/meta/total_pages`.'),
  ...counted,
});

const offsetPaging = z
  .strictObject({
    type: z.literal('offset').describe('Each request says how many records to leave out.'),
    param: target.default('offset').describe(`Where the offset goes: ${targetHelp}.`),
    sizeParam: target.default('limit').describe('Where the size goes, likewise.'),
    first: z.int().min(0).default(0).describe('The offset of the first page.'),
    step: z
      .enum(['received', 'size'])
      .default('received')
      .describe(
        'How far the offset moves: by the records received, or by `size`, for a server that removes records from a page after counting them.',
      ),
    ...counted,
  })
  .refine(({ step, size }) => step === 'received' || size !== undefined, {
    path: ['size'],
    message: 'must be set, because step: size needs it',
  });

/** How to find the next page. Required: a wrong guess would silently lose records. */
export const paging = z
  .discriminatedUnion('type', [nonePaging, linkPaging, urlPaging, cursorPaging, pagePaging, offsetPaging])
  .describe('How to find the next page.');
