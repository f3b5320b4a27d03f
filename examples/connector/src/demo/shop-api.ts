import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';

/** An API with three lists of records, each with a paging of its own. */
export interface ShopApi {
  readonly url: string;
  /** How often it was called. */
  readonly requests: number;
  /** Calls turned away with 401. */
  readonly rejected: number;
  /** Is called before each answer, with the number of requests so far. Answers `true` when it has answered itself. */
  onRequest(listener: (request: IncomingMessage, response: ServerResponse, count: number) => true | undefined): void;
  close(): Promise<void>;
}

/** What the API has, and whom it lets in. */
export interface ShopOptions {
  readonly isGood: (token: string) => boolean;
  /** How many records each list has. */
  readonly sizes: { readonly orders: number; readonly customers: number; readonly invoices: number };
  /** How many records a page has. */
  readonly pageSize: number;
}

type ListName = keyof ShopOptions['sizes'];

/** Starts the API. Records are the same each time. */
export async function startShopApi({ isGood, sizes, pageSize }: ShopOptions): Promise<ShopApi> {
  const server = await listenOnLoopback();
  const seen = { requests: 0, rejected: 0 };
  let listener: Parameters<ShopApi['onRequest']>[0] = () => undefined;

  const answer: RequestListener = (request, response) => {
    seen.requests += 1;
    if (listener(request, response, seen.requests) === true) return;
    if (!isGood((request.headers.authorization ?? '').replace(/^Bearer /, ''))) {
      seen.rejected += 1;
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', server.origin);
    const name = listNameIn(url);
    if (name === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { body, headers = {} } = pageOf(url, name, { total: sizes[name], pageSize });
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

  server.answerWith(answer);
  return {
    url: server.origin,
    get requests() {
      return seen.requests;
    },
    get rejected() {
      return seen.rejected;
    },
    onRequest(next) {
      listener = next;
    },
    close: () => server.close(),
  };
}

const listNameIn = ({ pathname }: URL): ListName | undefined =>
  (['orders', 'customers', 'invoices'] as const).find((name) => pathname === `/v1/${name}`);

interface Extent {
  readonly total: number;
  readonly pageSize: number;
}

interface ShopPage {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Orders are linked, customers have a cursor, invoices are counted. */
function pageOf(url: URL, name: ListName, { total, pageSize }: Extent): ShopPage {
  const query = url.searchParams;
  if (name === 'invoices') {
    const from = (Number(query.get('page')) - 1) * pageSize;
    return { body: recordsFrom(name, from, { total, pageSize }) };
  }
  const from = Number((query.get('from') ?? query.get('cursor') ?? 'c0').replace(/\D/g, ''));
  const records = recordsFrom(name, from, { total, pageSize });
  const next = from + pageSize < total ? from + pageSize : undefined;
  if (name === 'customers') return { body: { data: records, meta: { next: next === undefined ? null : `c${next}` } } };
  const headers: Record<string, string> = next === undefined ? {} : { link: `</v1/orders?from=${next}>; rel="next"` };
  return { body: { items: records }, headers };
}

function recordsFrom(name: ListName, from: number, { total, pageSize }: Extent): readonly unknown[] {
  const count = Math.max(0, Math.min(pageSize, total - from));
  return Array.from({ length: count }, (_, index) => ({ id: `${name}-${from + index + 1}`, note: 'żółw — ¾ "ok"' }));
}
