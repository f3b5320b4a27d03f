import type { Clock } from '@bearings/client';
import { matchRequestUrl } from 'msw';
import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { checkBearer } from './bearer-check.ts';
import type { FakeIssuer } from './fake-issuer.ts';
import { FakeServer } from './fake-server.ts';
import type { FaultContext } from './fault.ts';
import type { GoodToken } from './issued-tokens.ts';
import { serverClock } from './server-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A call that an API lets in. */
export interface ApiCall {
  readonly request: Request;
  /** The parts of the path that the route names, such as `:id`. */
  readonly params: Readonly<Record<string, string>>;
  readonly token: GoodToken;
}

/** What a route does: a `Response` is sent as it is, anything else as JSON. */
export type Answerer = (call: ApiCall) => unknown;

/** A route that also asks for scopes. */
export interface GuardedRoute {
  readonly scopes: readonly string[];
  readonly answer: Answerer;
}

/** Routes by method and path, such as `GET /v1/orders/:id`. */
export type Routes = Readonly<Record<string, Answerer | GuardedRoute>>;

/** What an API is like. */
export interface FakeApiOptions {
  /** Its name, until it listens. Default: `https://api.test`. */
  readonly origin?: string;
  /** Tokens must be meant for it. Default: any token will do. */
  readonly audience?: string;
  /** The header that carries the token. Default: `authorization`. */
  readonly header?: string;
  /** Its time. Default: the system's. */
  readonly clock?: Clock | VirtualClock;
}

/** Any call is answered with what the API saw of it. */
const anything: Routes = {
  '* /*': ({ request, token }) => ({
    method: request.method,
    path: new URL(request.url).pathname,
    clientId: token.clientId,
    scopes: token.scopes,
  }),
};

/**
 * A protected resource that takes the tokens of one issuer, and challenges those who have none as RFC 6750 says.
 *
 * @param routes - default: every call is answered with what the API saw of it
 */
export function fakeApi(issuer: FakeIssuer, routes: Routes = anything, options: FakeApiOptions = {}): FakeApi {
  return new FakeApi(issuer, routes, options);
}

/** How often an API was asked, and what it said. */
export interface ApiCounts {
  readonly requests: number;
  /** Answered with 401. */
  readonly unauthorized: number;
  /** Answered with 403. */
  readonly forbidden: number;
}

interface Route extends GuardedRoute {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** A protected resource for tests. */
export class FakeApi extends FakeServer<FaultContext> {
  readonly #issuer: FakeIssuer;
  readonly #routes: readonly Route[];
  readonly #options: FakeApiOptions;

  constructor(issuer: FakeIssuer, routes: Routes, options: FakeApiOptions) {
    const list = Object.entries(routes).map(([name, route]) => routeOf(name, route));
    super({
      origin: new URL(options.origin ?? 'https://api.test').origin,
      clock: serverClock(options.clock),
      endpoints: ['all', ...Object.keys(routes)],
      endpointOf: (request) => this.#find(request)?.route.name,
      answer: (request) => this.#answer(request),
      stage: (scene) => scene,
    });
    this.#issuer = issuer;
    this.#routes = list;
    this.#options = options;
  }

  get counts(): ApiCounts {
    const answered = (code: number): number => this.requests.filter(({ status }) => status === code).length;
    return { requests: this.requests.length, unauthorized: answered(401), forbidden: answered(403) };
  }

  async #answer(request: Request): Promise<Answer | Response> {
    const found = this.#find(request);
    const { header = 'authorization', audience } = this.#options;
    const demands = { header, audience, scopes: found?.route.scopes ?? [] };
    const token = checkBearer(request.headers, { ...demands, introspect: (value) => this.#issuer.introspect(value) });
    if ('status' in token) return token;
    if (found === undefined) return jsonAnswer({ error: 'There is no such route' }, 404);
    const said = await found.route.answer({ request, params: found.params, token });
    return said instanceof Response ? said : jsonAnswer(said);
  }

  #find({ method, url }: Request): { readonly route: Route; readonly params: ApiCall['params'] } | undefined {
    for (const route of this.#routes) {
      if (route.method !== '*' && route.method !== method) continue;
      const { matches, params = {} } = matchRequestUrl(new URL(url), route.path, this.origin);
      if (matches)
        return {
          route,
          params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
        };
    }
    return undefined;
  }
}

/** @throws TypeError for a route without method and path */
function routeOf(name: string, route: Answerer | GuardedRoute): Route {
  const [, method, path] = /^([A-Z]+|\*) (\/\S*)$/.exec(name) ?? [];
  if (method === undefined || path === undefined) {
    throw new TypeError(`A route is called like 'GET /v1/orders/:id', not '${name}'`);
  }
  return { name, method, path, ...(typeof route === 'function' ? { scopes: [], answer: route } : route) };
}
