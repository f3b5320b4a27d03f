/** One response of the token endpoint. */
export type Reply =
  /** A token it has not issued before. */
  | { readonly kind: 'new'; readonly lifetimeMs: number }
  /** The token it issued last: some servers issue one token until it expires. */
  | { readonly kind: 'same'; readonly lifetimeMs: number }
  /** 503, with or without `Retry-After`. */
  | { readonly kind: 'busy'; readonly retryAfterMs?: number | undefined }
  /** A token that expires at once. */
  | { readonly kind: 'useless' }
  /** 401 `invalid_client`. */
  | { readonly kind: 'refused' }
  /** No answer: the connection is reset. */
  | { readonly kind: 'lost' };

/** A token of one response. Each response has its own scope, which identifies the response that a token came from. */
export interface Grant {
  readonly value: string;
  readonly scope: string;
  readonly lifetimeMs: number;
}

/** A request that waits for its response. */
export interface PendingRequest {
  /** Aborted when the client has abandoned the request. */
  readonly signal: AbortSignal;
}

/** The response to a request, and its token, if any. */
export interface Answered {
  readonly reply: Reply;
  readonly grant: Grant | undefined;
}

/** Called for every request and every response, at the moment it happens. */
export interface EndpointObserver {
  asked(asked: PendingRequest): void;
  answered(asked: PendingRequest, said: Answered): void;
}

interface Waiting extends PendingRequest {
  readonly settle: (response: Response | TypeError) => void;
}

/** Part of every secret: no event, status or error may show it. */
export const canary = 'CANARY';
export const endpointUrl = 'https://as.example/token';
export const clientSecret = `cs_${canary}`;

/**
 * A token endpoint as a `fetch` whose responses a test decides: in any order, late, or never.
 *
 * A deaf one ignores aborts: the response to an abandoned request still comes.
 */
export class ScriptedEndpoint {
  readonly #onlooker: EndpointObserver;
  readonly #isDeaf: boolean;
  #waiting: readonly Waiting[] = [];
  #granted = 0;
  #said = 0;
  /** The response to every further request, if any. */
  #standing: Reply | undefined;

  constructor(observer: EndpointObserver, { isDeaf }: { readonly isDeaf: boolean }) {
    this.#onlooker = observer;
    this.#isDeaf = isDeaf;
  }

  readonly fetch: typeof globalThis.fetch = async (_input, init) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const { signal } = init ?? {};
    if (!(signal instanceof AbortSignal)) throw new TypeError('A token request came without a signal');
    signal.throwIfAborted(); // as the platform's own fetch: nothing is sent
    const settle = (response: Response | TypeError): void =>
      response instanceof Response ? resolve(response) : reject(response);
    const asked = { signal, settle };
    this.#waiting = [...this.#waiting, asked];
    const giveUp = (): void => {
      this.#forget(asked);
      reject(signal.reason);
    };
    if (!this.#isDeaf) signal.addEventListener('abort', giveUp, { once: true });
    this.#onlooker.asked(asked);
    if (this.#standing !== undefined) this.#say(asked, this.#standing);
    return promise;
  };

  /** How many requests wait for a response; with a deaf endpoint also abandoned ones. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The token that `same` issues. */
  get lastValue(): string {
    return `at_${canary}_${this.#granted}`;
  }

  /** All state that decides its responses. */
  digest(): readonly unknown[] {
    return [this.#granted, this.#waiting.map(({ signal }) => signal.aborted)];
  }

  /** Answers the request at that place; the oldest is the first. */
  answer(place: number, reply: Reply): void {
    const asked = this.#waiting[place];
    if (asked !== undefined) this.#say(asked, reply);
  }

  /** Answers all waiting and further requests, until `stopAnswering`. */
  answerAll(reply: Reply): void {
    this.#standing = reply;
    for (const asked of this.#waiting) this.#say(asked, reply);
  }

  /** Further requests wait again. */
  stopAnswering(): void {
    this.#standing = undefined;
  }

  #say(asked: Waiting, reply: Reply): void {
    this.#forget(asked);
    const grant = this.#grant(reply);
    this.#onlooker.answered(asked, { reply, grant });
    asked.settle(grant === undefined ? failed(reply) : granted(grant));
  }

  #grant(reply: Reply): Grant | undefined {
    if (reply.kind !== 'new' && reply.kind !== 'same') return undefined;
    if (reply.kind === 'new' || this.#granted === 0) this.#granted += 1;
    this.#said += 1;
    return { value: this.lastValue, scope: `answer-${this.#said}`, lifetimeMs: reply.lifetimeMs };
  }

  #forget(asked: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== asked);
  }
}

function granted({ value, scope, lifetimeMs }: Grant): Response {
  return Response.json({ access_token: value, token_type: 'Bearer', expires_in: lifetimeMs / 1_000, scope });
}

function failed(reply: Reply): Response | TypeError {
  if (reply.kind === 'useless') return granted({ value: `at_${canary}_0`, scope: '', lifetimeMs: 0 });
  if (reply.kind === 'refused') return Response.json({ error: 'invalid_client' }, { status: 401 });
  if (reply.kind !== 'busy') {
    return new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  }
  const headers: Record<string, string> =
    reply.retryAfterMs === undefined ? {} : { 'retry-after': `${reply.retryAfterMs / 1_000}` };
  return new Response(null, { status: 503, headers });
}
