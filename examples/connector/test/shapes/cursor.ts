import { range } from '../api.ts';
import { lacksToken, slice } from './shape.ts';
import type { Shape } from './shape.ts';

const charges = range(7).map((n) => `ch_3Pq${n}`);

/** Stripe: the id of the last record; an unknown id is 400. */
export const stripe: Shape = {
  name: 'stripe',
  origin: 'https://api.stripe.com',
  ids: charges,
  id: ({ id }: { id: string }) => id,
  requests: 3,
  answer(request) {
    const after = request.url.searchParams.get('starting_after');
    if (lacksToken(request))
      return { status: 401, body: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } } };
    if (after !== null && !charges.includes(after)) {
      return {
        status: 400,
        body: { error: { code: 'resource_missing', message: `No such charge: '${after}'`, param: 'starting_after' } },
      };
    }
    const { page, isLast } = slice(charges, after === null ? 0 : charges.indexOf(after) + 1, 3);
    return {
      body: {
        object: 'list',
        url: '/v1/charges',
        has_more: !isLast,
        data: page.map((id) => ({ id, object: 'charge', amount: 1099 })),
      },
    };
  },
};

const channels = {
  C024BE91L: ['1512085950.000216', '1512085951.000218', '1512085952.000220'],
  C012AB3CD: [],
  C061EG9T2: ['1512104434.000490'],
};

/** Slack: an empty next_cursor at the end; failures have status 200; a list for each channel. */
export const slack: Shape = {
  name: 'slack',
  origin: 'https://slack.com',
  ids: ['C024BE91L', 'C012AB3CD', ...channels.C024BE91L, 'C061EG9T2', ...channels.C061EG9T2],
  id: ({ id, ts }: { id?: string; ts?: string }) => id ?? ts,
  requests: 2 + 2 + 1 + 1,
  answer(request) {
    const { url } = request;
    if (lacksToken(request)) return { body: { ok: false, error: 'invalid_auth' } };
    const cursor = url.searchParams.get('cursor');
    const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString().slice('next:'.length));
    if (Number.isNaN(from)) return { body: { ok: false, error: 'invalid_cursor' } };
    const next = (isLast: boolean): object => ({
      response_metadata: { next_cursor: isLast ? '' : Buffer.from(`next:${from + 2}`).toString('base64') },
    });
    if (url.pathname === '/api/conversations.list') {
      const { page, isLast } = slice(Object.keys(channels), from, 2);
      return { body: { ok: true, channels: page.map((id) => ({ id, is_channel: true })), ...next(isLast) } };
    }
    const messages = new Map<string, readonly string[]>(Object.entries(channels)).get(
      url.searchParams.get('channel') ?? '',
    );
    if (messages === undefined) return { body: { ok: false, error: 'channel_not_found' } };
    const { page, isLast } = slice(messages, from, 2);
    const list = page.map((ts) => ({ type: 'message', ts, text: 'Hello' }));
    return { body: { ok: true, messages: list, has_more: !isLast, pin_count: 0, ...(isLast ? {} : next(false)) } };
  },
};
