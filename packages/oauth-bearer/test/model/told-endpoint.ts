/** What a token endpoint is told to say. */
export type Reply =
  /** A token it has not given out before. */
  | { readonly kind: 'new'; readonly lifetimeMs: number }
  /** The token it gave out last, as servers do that keep one until it ends. */
  | { readonly kind: 'same'; readonly lifetimeMs: number }
  /** 503, with or without `Retry-After`. */
  | { readonly kind: 'busy'; readonly retryAfterMs?: number | undefined }
  /** 401 `invalid_client`. */
  | { readonly kind: 'refused' }
  /** No answer: the connection is reset. */
  | { readonly kind: 'lost' };

/** A token as one answer gave it. No two answers have the same scope, so it tells which answer a token came from. */
export interface Grant {
  readonly value: string;
  readonly scope: string;
  readonly lifetimeMs: number;
}

/** A request that has arrived. */
export interface Asked {
  /** Aborted when the client has given the request up. */
  readonly signal: AbortSignal;
}

/** What was said to a request, and what token that was, if any. */
export interface Said {
  readonly reply: Reply;
  readonly grant: Grant | undefined;
}

/** Who is told of every request, and of every answer, at the moment it happens. */
export interface Onlooker {
  asked(asked: Asked): void;
  answered(asked: Asked, said: Said): void;
}

interface Waiting extends Asked {
  readonly settle: (response: Response | TypeError) => void;
}

/** What no event, status or error may show. */
export const canary = 'CANARY';
export const endpointUrl = 'https://as.example/token';
export const clientSecret = `cs_${canary}`;

/**
 * A token endpoint as a `fetch` that answers a request when it is told to: in any order, late, or never.
 *
 * A deaf one lets a request go on that the client has given up, so that its answer comes after all.
 */
export class ToldEndpoint {
  readonly #onlooker: Onlooker;
  readonly #isDeaf: boolean;
  #waiting: readonly Waiting[] = [];
  #granted = 0;
  #said = 0;
  /** What it says by itself from now on. */
  #standing: Reply | undefined;

  constructor(onlooker: Onlooker, { isDeaf }: { readonly isDeaf: boolean }) {
    this.#onlooker = onlooker;
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

  /** How many requests wait for an answer; of a deaf endpoint also those that were given up. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The value it would give with `same`. */
  get lastValue(): string {
    return `at_${canary}_${this.#granted}`;
  }

  /** All that decides what it can say. */
  digest(): readonly unknown[] {
    return [this.#granted, this.#waiting.map(({ signal }) => signal.aborted)];
  }

  /** Answers the request at that place, the oldest being the first. */
  answer(place: number, reply: Reply): void {
    const asked = this.#waiting[place];
    if (asked !== undefined) this.#say(asked, reply);
  }

  /** Answers whatever waits and whatever comes, until it is told to stop. */
  answerAll(reply: Reply): void {
    this.#standing = reply;
    for (const asked of this.#waiting) this.#say(asked, reply);
  }

  /** Answers nothing by itself any more. */
  fallSilent(): void {
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
  if (reply.kind === 'refused') return Response.json({ error: 'invalid_client' }, { status: 401 });
  if (reply.kind !== 'busy') {
    return new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  }
  const headers: Record<string, string> =
    reply.retryAfterMs === undefined ? {} : { 'retry-after': `${reply.retryAfterMs / 1_000}` };
  return new Response(null, { status: 503, headers });
}
