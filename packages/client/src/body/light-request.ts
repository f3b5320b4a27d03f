/** What a light request is made of. */
export interface LightParts {
  readonly url: string;
  readonly method: string;
  /** Made when somebody asks for it, where none were given. */
  headers: Headers | undefined;
  /** Sent from itself each time; `undefined` for none. */
  readonly body: RequestInit['body'];
}

const made: unique symbol = Symbol('bearings.made');

interface LightRequest extends Request {
  [made]: { readonly parts: LightParts; platforms: Request | undefined };
}

/**
 * A request that costs next to nothing to make: the platform's takes longer than all stages together.
 *
 * Its address, method and headers are here; for whoever looks at anything else the platform's own is made. Functions of
 * the platform (`fetch`, `new Request`) do not take it, so it is for clients all of whose layers only look at a request
 * and pass it on (`takesLight`).
 */
export function lightRequest(parts: LightParts): Request {
  const request: LightRequest = Object.create(prototype);
  request[made] = { parts, platforms: undefined };
  return request;
}

/** What a light request is made of; `undefined` for one of the platform's. */
export function lightParts(request: Request): LightParts | undefined {
  return isLight(request) ? request[made].parts : undefined;
}

/** The headers of a request, without making any for a light one. */
export function headersIn(request: Request): Headers | undefined {
  return isLight(request) ? request[made].parts.headers : request.headers;
}

const isLight = (request: Request): request is LightRequest => made in request;

function platforms(request: LightRequest): Request {
  const state = request[made];
  const { url, method, body } = state.parts;
  state.platforms ??= new Request(url, { method, headers: request.headers, body: body ?? null });
  return state.platforms;
}

const overrides: object & ThisType<LightRequest> = {
  get url() {
    return this[made].parts.url;
  },
  get method() {
    return this[made].parts.method;
  },
  get headers() {
    const { parts } = this[made];
    parts.headers ??= new Headers();
    return parts.headers;
  },
  get redirect() {
    return 'follow';
  },
  get integrity() {
    return '';
  },
  get body() {
    return this[made].parts.body === undefined ? null : platforms(this).body;
  },
};

/** Everything else is as the platform's own would have it. */
function others(): PropertyDescriptorMap {
  const all = Object.entries(Object.getOwnPropertyDescriptors(Request.prototype));
  const rest = all.filter(([name]) => name !== 'constructor' && !(name in overrides));
  return Object.fromEntries(rest.map(([name, of]) => [name, standIn(name, 'get' in of, of.enumerable)]));
}

function standIn(name: string, isGetter: boolean, enumerable = false): PropertyDescriptor {
  const ask = (request: LightRequest): unknown => Reflect.get(Request.prototype, name, platforms(request));
  if (isGetter) {
    return {
      enumerable,
      configurable: true,
      get(this: LightRequest) {
        return ask(this);
      },
    };
  }
  return {
    enumerable,
    configurable: true,
    value(this: LightRequest, ...given: readonly unknown[]) {
      const method = ask(this);
      return typeof method === 'function' ? Reflect.apply(method, platforms(this), given) : undefined;
    },
  };
}

const prototype: object = Object.create(Request.prototype, {
  ...others(),
  ...Object.getOwnPropertyDescriptors(overrides),
});
