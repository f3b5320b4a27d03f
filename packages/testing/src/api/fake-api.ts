import type { Clock } from '@bearings/client';
import { checkOptions, clockRule, functionRule, listRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { jsonAnswer } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import { checkBearer } from './bearer-check.ts';
import { compilePath } from './match-path.ts';
import type { MatchPath } from './match-path.ts';
import type { FakeIssuer } from '../issuer/fake-issuer.ts';
import { FakeServer } from '../server/fake-server.ts';
import type { FaultContext } from '../faults/faults.ts';
import type { ActiveToken } from '../issuer/state/issued-tokens.ts';
import { serverClock } from '../clock/server-clock.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';

/** A call with an accepted token. */
export interface ApiCall {
  readonly request: Request;
  /** The path parameters of the route, such as `:id`. */
  readonly params: Readonly<Record<string, string>>;
  readonly token: ActiveToken;
}

/** Creates the response of a route. A `Response` is sent unchanged, any other value as JSON. */
export type Responder = (call: ApiCall) => unknown;

/** A route that requires scopes. */
export interface GuardedRoute {
  readonly scopes: readonly string[];
  readonly answer: Responder;
}

/** Routes by method and path, such as `GET /v1/orders/:id`. A route for GET answers HEAD too, without the body. */
export type Routes = Readonly<Record<string, Responder | GuardedRoute>>;

/** Options of `fakeApi`. */
export interface FakeApiOptions {
  /** The origin before `listen()`. Default: `https://api.test`. */
  readonly origin?: string;
  /** The audience that tokens must have. Default: any audience. */
  readonly audience?: string;
  /** The header with the token. Default: `authorization`. */
  readonly header?: string;
  /**
   * The path of the protected resource, such as `/mcp`. With it, the API publishes its metadata (RFC 9728), and
   * challenges name them. Default: no metadata.
   */
  readonly resourcePath?: string;
  /** The clock. Of a virtual clock, `serverTime` is used. Default: the system clock. */
  readonly clock?: Clock | VirtualClock;
}

/** Answers every call with the facts of the request. */
const echoRoutes: Routes = {
  '* /*': ({ request, token }) => ({
    method: request.method,
    path: new URL(request.url).pathname,
    clientId: token.clientId,
    scopes: token.scopes,
  }),
};

/**
 * Creates a protected API that accepts the tokens of one issuer. Other requests get a challenge (RFC 6750).
 *
 * @param routes - default: one route that answers every call with the facts of the request
 */
export function fakeApi(issuer: FakeIssuer, routes: Routes = echoRoutes, options: FakeApiOptions = {}): FakeApi {
  checkOptions(options, rules, { owner: 'fakeApi' });
  return new FakeApi(issuer, routes, options);
}

const rules: OptionRules<FakeApiOptions> = {
  origin: stringRule,
  audience: stringRule,
  header: stringRule,
  resourcePath: {
    test: (value) => typeof value === 'string' && value.startsWith('/'),
    expected: 'a path, such as /mcp',
  },
  clock: clockRule,
};
const routeRules: OptionRules<GuardedRoute> = { scopes: listRule(stringRule), answer: functionRule };

/** How many requests an API received and rejected. */
export interface ApiCounts {
  readonly requests: number;
  /** Requests answered with 401. */
  readonly unauthorized: number;
  /** Requests answered with 403. */
  readonly forbidden: number;
}

interface Route extends GuardedRoute {
  readonly name: string;
  readonly method: string;
  readonly match: MatchPath;
}

interface FoundRoute {
  readonly route: Route;
  readonly params: ApiCall['params'];
}

/** A protected resource for tests. */
export class FakeApi extends FakeServer<FaultContext> {
  readonly #issuer: FakeIssuer;
  readonly #routes: readonly Route[];
  readonly #options: FakeApiOptions;

  constructor(issuer: FakeIssuer, routes: Routes, options: FakeApiOptions) {
    const list = Object.entries(routes).map(([name, route]) => parseRoute(name, route));
    super({
      origin: new URL(options.origin ?? 'https://api.test').origin,
      clock: serverClock(options.clock),
      endpoints: ['all', 'metadata', ...Object.keys(routes)],
      findEndpoint: (request) => (this.#isMetadata(request) ? 'metadata' : this.#find(request)?.route.name),
      answer: (request) => this.#answer(request),
      extendContext: (context) => context,
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
    if (this.#isMetadata(request)) return jsonAnswer(this.#metadata());
    const found = this.#find(request);
    const { header = 'authorization', audience, resourcePath } = this.#options;
    const metadataUrl = resourcePath === undefined ? undefined : this.#metadataUrl;
    const requirements = { header, audience, metadataUrl, scopes: found?.route.scopes ?? [] };
    const token = checkBearer(request.headers, {
      ...requirements,
      introspect: (value) => this.#issuer.introspect(value),
    });
    if ('status' in token) return token;
    if (found === undefined) return jsonAnswer({ error: 'There is no such route' }, 404);
    const result = await found.route.answer({ request, params: found.params, token });
    return result instanceof Response ? result : jsonAnswer(result);
  }

  get #metadataUrl(): string {
    const { resourcePath = '/' } = this.#options;
    return `${this.origin}/.well-known/oauth-protected-resource${resourcePath.replace(/\/$/, '')}`;
  }

  #isMetadata({ url }: Request): boolean {
    return this.#options.resourcePath !== undefined && url === this.#metadataUrl;
  }

  /** RFC 9728 §2. */
  #metadata(): Readonly<Record<string, unknown>> {
    const scopes = [...new Set(this.#routes.flatMap((route) => route.scopes))];
    return {
      resource: `${this.origin}${this.#options.resourcePath?.replace(/\/$/, '')}`,
      authorization_servers: [this.#issuer.issuerUrl],
      bearer_methods_supported: ['header'],
      ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
    };
  }

  #find({ method, url }: Request): FoundRoute | undefined {
    if (method !== 'HEAD') return this.#match(url, [method, '*']);
    return this.#match(url, ['HEAD']) ?? this.#match(url, ['GET', '*']);
  }

  #match(url: string, methods: readonly string[]): FoundRoute | undefined {
    for (const route of this.#routes) {
      if (!methods.includes(route.method)) continue;
      const { origin, pathname } = new URL(url);
      const params = origin === this.origin ? route.match(pathname) : undefined;
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}

/** @throws TypeError | ConfigError for a route without method and path, or with a wrong member */
function parseRoute(name: string, route: Responder | GuardedRoute): Route {
  const [, method, path] = /^([A-Z]+|\*) (\/\S*)$/.exec(name) ?? [];
  if (method === undefined || path === undefined) {
    throw new TypeError(`A route must be written like 'GET /v1/orders/:id', not '${name}'`);
  }
  const match = compilePath(path);
  if (typeof route === 'function') return { name, method, match, scopes: [], answer: route };
  checkOptions(route, routeRules, { owner: 'fakeApi', within: name });
  return { name, method, match, ...route };
}
