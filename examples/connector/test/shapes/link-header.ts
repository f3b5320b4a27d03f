import { range } from '../api.ts';
import { lacksToken, slice, withParams } from './shape.ts';
import type { Shape } from './shape.ts';

/** GitLab: keyset pagination. The links have all parameters of the request; the last page names no next one. */
export const gitlab: Shape = {
  name: 'gitlab',
  origin: 'https://gitlab.example.com',
  ids: range(7, 101),
  id: ({ id }: { id: number }) => id,
  requests: 3,
  answer(request) {
    const { url } = request;
    if (lacksToken(request)) return { status: 401, body: { message: '401 Unauthorized' } };
    if (url.pathname !== '/api/v4/projects') return { status: 404, body: { error: '404 Not Found' } };
    const after = Number(url.searchParams.get('id_after') ?? 0);
    const { page, isLast } = slice(
      range(7, 101).filter((id) => id > after),
      0,
      3,
    );
    const first = `<${withParams(url, { id_after: null })}>; rel="first"`;
    const next = `<${withParams(url, { id_after: String(page.at(-1)) })}>; rel="next"`;
    return {
      headers: { link: isLast ? first : `${next}, ${first}`, 'x-per-page': '100' },
      body: page.map((id) => ({ id, path_with_namespace: `group/project-${id}`, description: null })),
    };
  },
};

/** GitHub: numbers of pages in the links, on another path than the one asked for; needs a user agent. */
export const github: Shape = {
  name: 'github',
  origin: 'https://api.github.com',
  ids: [31, 32, 33, 34, 35],
  id: ({ number }: { number: number }) => number,
  requests: 3,
  answer(request) {
    const { url, headers } = request;
    if (headers['user-agent'] === undefined) return { status: 403, body: 'Request forbidden by administrative rules.' };
    if (lacksToken(request)) return { status: 401, body: { message: 'Bad credentials', status: '401' } };
    if (!/^\/(?:repos\/example\/shop|repositories\/42)\/issues$/.test(url.pathname)) {
      return { status: 404, body: { message: 'Not Found', status: '404' } };
    }
    const number = Number(url.searchParams.get('page') ?? 1);
    const { page, isLast } = slice([31, 32, 33, 34, 35], (number - 1) * 2, 2);
    const moved = new URL(url);
    moved.pathname = '/repositories/42/issues';
    const to = (rel: string, target: number): string =>
      `<${withParams(moved, { page: String(target) })}>; rel="${rel}"`;
    const links = [
      ...(number > 1 ? [to('prev', number - 1), to('first', 1)] : []),
      ...(isLast ? [] : [to('next', number + 1), to('last', 3)]),
    ];
    return {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        link: links.join(', '),
        'x-ratelimit-remaining': '58',
      },
      body: page.map((id) => ({
        id: id * 1e9,
        number: id,
        updated_at: `2026-11-0${id - 30}T08:00:00Z`,
        pull_request: null,
      })),
    };
  },
};

/** Shopify: an opaque page_info, and no other parameters beside it; a leaky bucket that says 2.0 seconds. */
export const shopify: Shape = {
  name: 'shopify',
  origin: 'https://example.myshopify.com',
  ids: range(6, 450_789_469),
  id: ({ id }: { id: number }) => id,
  requests: 4,
  answer({ url, headers, count }) {
    if (headers['x-shopify-access-token'] !== 'a-planted-static-token') {
      return {
        status: 401,
        body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
      };
    }
    if (count === 2) {
      const body = {
        errors: 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
      };
      return { status: 429, headers: { 'retry-after': '2.0', 'x-shopify-shop-api-call-limit': '40/40' }, body };
    }
    const info = url.searchParams.get('page_info');
    if (info !== null && url.searchParams.has('status')) {
      return { status: 400, body: { errors: { status: 'status cannot be passed when page_info is present' } } };
    }
    const from = info === null ? 0 : Number(Buffer.from(info, 'base64url').toString().replace(/\D/g, ''));
    const { page, isLast } = slice(range(6, 450_789_469), from, 2);
    const link = (rel: string, at: number): string =>
      `<${withParams(url, { status: null, page_info: Buffer.from(`{"at":${at}}`).toString('base64url') })}>; rel="${rel}"`;
    const links = [...(from > 0 ? [link('previous', from - 2)] : []), ...(isLast ? [] : [link('next', from + 2)])];
    return {
      headers: { ...(links.length > 0 && { link: links.join(', ') }), 'x-shopify-shop-api-call-limit': '1/40' },
      body: { orders: page.map((id) => ({ id, name: `#${id}`, total_price: '598.94' })) },
    };
  },
};
