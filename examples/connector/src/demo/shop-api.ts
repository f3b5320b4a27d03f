import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';

/** An API with three lists of records, each with its own type of paging. */
export interface ShopApi {
  readonly url: string;
  /** The number of requests. */
  readonly requests: number;
  /** The number of requests rejected with 401. */
  readonly rejected: number;
  /** Sets a listener that is called before each response with the number of requests. It returns `true` if it responded. */
  onRequest(listener: (request: IncomingMessage, response: ServerResponse, count: number) => true | undefined): void;
  close(): Promise<void>;
}

/** The records of the API, and the tokens that it accepts. */
export interface ShopOptions {
  readonly isValid: (token: string) => boolean;
  /** The number of records per list. */
  readonly sizes: { readonly orders: number; readonly customers: number; readonly invoices: number };
  /** The number of records per page. */
  readonly pageSize: number;
}

type ListName = keyof ShopOptions['sizes'];

/** Starts the API. The records are always the same. */
export async function startShopApi({ isValid, sizes, pageSize }: ShopOptions): Promise<ShopApi> {
  const server = await listenOnLoopback();
  const seen = { requests: 0, rejected: 0 };
  let listener: Parameters<ShopApi['onRequest']>[0] = () => undefined;

  const answer: RequestListener = (request, response) => {
    seen.requests += 1;
    if (listener(request, response, seen.requests) === true) return;
    if (!isValid((request.headers.authorization ?? '').replace(/^Bearer /, ''))) {
      seen.rejected += 1;
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', server.origin);
    const name = parseListName(url);
    if (name === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { body, headers = {} } = createPage(url, name, { total: sizes[name], pageSize });
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

const parseListName = ({ pathname }: URL): ListName | undefined =>
  (['orders', 'customers', 'invoices'] as const).find((name) => pathname === `/v1/${name}`);

interface PageOptions {
  readonly total: number;
  readonly pageSize: number;
}

interface ShopPage {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Orders have links, customers a cursor, invoices page numbers. */
function createPage(url: URL, name: ListName, { total, pageSize }: PageOptions): ShopPage {
  const query = url.searchParams;
  if (name === 'invoices') {
    const from = (Number(query.get('page')) - 1) * pageSize;
    return { body: createRecords(name, from, { total, pageSize }) };
  }
  const from = Number((query.get('from') ?? query.get('cursor') ?? 'c0').replace(/\D/g, ''));
  const records = createRecords(name, from, { total, pageSize });
  const next = from + pageSize < total ? from + pageSize : undefined;
  if (name === 'customers') return { body: { data: records, meta: { next: next === undefined ? null : `c${next}` } } };
  const headers: Record<string, string> = next === undefined ? {} : { link: `</v1/orders?from=${next}>; rel="next"` };
  return { body: { items: records }, headers };
}

function createRecords(name: ListName, from: number, { total, pageSize }: PageOptions): readonly unknown[] {
  const count = Math.max(0, Math.min(pageSize, total - from));
  return Array.from({ length: count }, (_, index) => ({ id: `${name}-${from + index + 1}`, note: 'żółw — ¾ "ok"' }));
}
