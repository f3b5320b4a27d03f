import { range } from '../api.ts';
import type { ApiAnswer } from '../api.ts';
import { lacksToken, slice, withParams } from './shape.ts';
import type { Shape } from './shape.ts';

/** Zendesk: links.next is there on the last page too, and leads to an empty one. */
export const zendesk: Shape = {
  name: 'zendesk',
  origin: 'https://example.zendesk.com',
  ids: range(5, 35_436),
  id: ({ id }: { id: number }) => id,
  requests: 3,
  answer(request) {
    const { url } = request;
    if (lacksToken(request)) return { status: 401, body: { error: "Couldn't authenticate you" } };
    const after = Number(url.searchParams.get('page[after]') ?? 0);
    const { page, isLast } = slice(
      range(5, 35_436).filter((id) => id > after),
      0,
      2,
    );
    const last = String(page.at(-1) ?? after);
    return {
      body: {
        tickets: page.map((id) => ({ id, subject: 'My printer is on fire!', via: { channel: 'web' } })),
        meta: { has_more: !isLast, after_cursor: last, before_cursor: String(page[0] ?? '') },
        links: {
          prev: withParams(url, { 'page[before]': String(page[0] ?? '') }),
          next: withParams(url, { 'page[after]': last }),
        },
      },
    };
  },
};

/** OData 4: a service root below the origin, a skip token, the count on each page, numbers beyond 2^53. */
export const odata: Shape = {
  name: 'odata',
  origin: 'https://odata.example.com',
  ids: range(5),
  id: ({ Id }: { Id: number }) => Id,
  requests: 3,
  answer(request) {
    const { url, headers } = request;
    if (lacksToken(request))
      return {
        status: 401,
        body: { error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' } },
      };
    if (headers['prefer'] !== 'odata.maxpagesize=100')
      return { status: 400, body: { error: { code: 'NoPageSize', message: '' } } };
    const from = Number(url.searchParams.get('$skiptoken')?.slice(2) ?? 0);
    const { page, isLast } = slice(range(5), from, 2);
    return {
      headers: { 'content-type': 'application/json; odata.metadata=minimal; charset=utf-8', 'odata-version': '4.0' },
      body: {
        '@odata.context': `${url.origin}/v4/$metadata#Orders`,
        '@odata.count': 5,
        value: page.map((Id) => ({ '@odata.etag': `W/"${Id}"`, Id, ModifiedAt: `2026-11-0${Id}T00:00:00.1234567Z` })),
        ...(!isLast && { '@odata.nextLink': withParams(url, { $skiptoken: `X'${from + 2}` }) }),
      },
    };
  },
};

/** JSON:API 1.1: refuses another media type; the second link is an object, the last one is null. */
export const jsonApi: Shape = {
  name: 'json-api',
  origin: 'https://articles.example.com',
  ids: ['1', '2', '3', '4', '5'],
  id: ({ id }: { id: string }) => id,
  requests: 3,
  answer(request) {
    const { url, headers } = request;
    const type = { 'content-type': 'application/vnd.api+json' };
    const fail = (status: number, title: string): ApiAnswer => ({
      status,
      headers: type,
      body: { errors: [{ status: String(status), title }] },
    });
    if (lacksToken(request)) return fail(401, 'Unauthorized');
    if (headers.accept !== 'application/vnd.api+json') return fail(406, 'Not Acceptable');
    const number = Number(url.searchParams.get('page[number]') ?? 1);
    const { page, isLast } = slice(['1', '2', '3', '4', '5'], (number - 1) * 2, 2);
    const next = `${url.pathname}${new URL(withParams(url, { 'page[number]': String(number + 1) })).search}`;
    return {
      headers: type,
      body: {
        jsonapi: { version: '1.1' },
        links: { self: url.href, next: isLast ? null : number === 1 ? next : { href: next, meta: { count: 5 } } },
        data: page.map((id) => ({ type: 'articles', id, attributes: { title: `Article ${id}` } })),
      },
    };
  },
};

/** FHIR R4: a bundle with a list of links and an entry around each resource; the last bundle has no entry at all. */
export const fhir: Shape = {
  name: 'fhir',
  origin: 'https://fhir.example.com',
  ids: ['pat-1', 'pat-2', 'pat-3', 'pat-4'],
  id: ({ id }: { id: string }) => id,
  requests: 3,
  answer(request) {
    const { url } = request;
    if (lacksToken(request))
      return { status: 401, body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] } };
    const offset = Number(url.searchParams.get('_getpagesoffset') ?? 0);
    const { page } = slice(['pat-1', 'pat-2', 'pat-3', 'pat-4'], offset, 2);
    const next = `${url.origin}/r4?_getpages=4c5b2&_getpagesoffset=${offset + 2}&_count=2&_bundletype=searchset`;
    const links = [{ relation: 'self', url: url.href }, ...(offset < 4 ? [{ relation: 'next', url: next }] : [])];
    const entry = page.map((id) => ({
      fullUrl: `${url.origin}/r4/Patient/${id}`,
      resource: {
        resourceType: 'Patient',
        id,
        meta: { versionId: '1', lastUpdated: `2026-11-0${id.slice(4)}T10:00:00.000+01:00` },
      },
      search: { mode: 'match' },
    }));
    return {
      headers: { 'content-type': 'application/fhir+json;charset=UTF-8' },
      body: {
        resourceType: 'Bundle',
        id: '4c5b2',
        type: 'searchset',
        total: 4,
        link: links,
        ...(entry.length > 0 && { entry }),
      },
    };
  },
};

const accounts = range(5).map((n) => `001D000000IRFm${n}AH`);

/** Salesforce: a path as the next address, `done`, and a session by client credentials. */
export const salesforce: Shape = {
  name: 'salesforce',
  origin: 'https://example.my.salesforce.com',
  ids: accounts,
  id: ({ Id }: { Id: string }) => Id,
  requests: 1 + 3,
  answer({ url, headers, method }) {
    if (url.pathname === '/services/oauth2/token') {
      if (method !== 'POST') return { status: 405 };
      return {
        body: {
          access_token: '00Dx0000000BV7z!AR8AQP0jITN80ESEsj5EbaZTFG0RNBaT1cyWk7T',
          token_type: 'Bearer',
          instance_url: url.origin,
        },
      };
    }
    if (headers.authorization?.startsWith('Bearer 00Dx') !== true) {
      return { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };
    }
    const locator = /\/query\/01gD0000002HU6KIAW-(\d+)$/.exec(url.pathname)?.[1];
    if (locator === undefined && url.searchParams.get('q') === null) {
      return { status: 400, body: [{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }] };
    }
    const from = Number(locator ?? 0);
    const { page, isLast } = slice(accounts, from, 2);
    return {
      body: {
        totalSize: accounts.length,
        done: isLast,
        ...(!isLast && { nextRecordsUrl: `/services/data/v64.0/query/01gD0000002HU6KIAW-${from + 2}` }),
        records: page.map((Id) => ({
          attributes: { type: 'Account', url: `/services/data/v64.0/sobjects/Account/${Id}` },
          Id,
        })),
      },
    };
  },
};
