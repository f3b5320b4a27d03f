import { Token } from '@bearings/oauth-bearer';
import type { AccessToken } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { clientId, clientSecret } from './create-service.ts';

/** A token that the issuer has granted. */
interface Issue {
  readonly askedAt: Instant;
  readonly lifetimeMs: number;
}

interface Instant {
  readonly wall: number;
  readonly monotonic: number;
}

/** A token request without a response yet. */
interface Asked {
  readonly askedAt: Instant;
  readonly answer: (response: Response) => void;
  readonly lose: (cause: unknown) => void;
}

/** The state at the start of a call. */
interface Beginning {
  readonly step: number;
  /** The number of tokens so far. */
  readonly generation: number;
  /** True when callers may get the token that is being rotated. */
  readonly mayFallBack: boolean;
}

/** How long a caller waits for the successor of a rejected token, from the request for it. */
const briefWaitMs = 1_000;

/** A waiting caller. */
interface Caller {
  readonly controller: AbortController;
  isSettled: boolean;
}

type Answer = ReturnType<Token['read']>;

/**
 * One token, an issuer that answers on command, and the history so far.
 *
 * Each token that a caller receives is checked against the history: it was issued, it was not rejected before the call
 * started, and it has not expired by either clock, unless it arrived for this waiting caller. A rejected token without a
 * successor may be served again after a failure, or when its rotation takes longer than a second: others may accept it.
 */
export class TokenHistory {
  readonly clock: VirtualClock = virtualClock();
  readonly callers: Caller[] = [];
  /** Every token that a caller received. */
  readonly held: AccessToken[] = [];
  /** Broken rules, in words. */
  readonly violations: string[] = [];
  /** The number of token requests. */
  requests = 0;
  isHealthy = false;
  readonly #asked: Asked[] = [];
  readonly #issued = new Map<string, Issue>();
  readonly #rejectedAt = new Map<string, number>();
  readonly #token: Promise<Token>;
  #made: Token | undefined;
  /** The generation whose successor did not come at once. */
  #heldUpIn: number | undefined;
  #step = 0;
  #closed: Beginning | undefined;
  /** The latest wall time since the last token: a lifetime counts from the request, and the clock may be set back. */
  #latestWall = this.clock.now();

  constructor() {
    this.#token = this.#create();
  }

  async #create(): Promise<Token> {
    const fetch: typeof globalThis.fetch = (_input, init) => this.#ask(init?.signal ?? undefined);
    const endpoint = { tokenEndpoint: 'https://as.example/token', clientId, clientSecret };
    // a limit on rotations would serve rejected tokens again; that is another test
    const timing = { clock: this.clock, random: () => 0.5, minRefreshPeriodMs: 0 };
    this.#made = (await Token.create({ ...endpoint, ...timing, fetch, start: 'lazy' })).unwrap();
    return this.#made;
  }

  get token(): Promise<Token> {
    return this.#token;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** A caller requests the token, and may abort later. */
  async get(): Promise<void> {
    const token = await this.#token;
    const beginning = this.#begin(token);
    const caller = this.#newCaller();
    void this.#wait(token.get({ signal: caller.controller.signal }), beginning, caller);
  }

  /** A caller reads the token. */
  async read(): Promise<Answer> {
    const token = await this.#token;
    const beginning = this.#begin(token);
    const answer = token.read();
    this.#judge(answer, beginning);
    return answer;
  }

  /** A resource rejects a token that a caller received, or the current one. */
  async invalidate(rejected: AccessToken | undefined): Promise<void> {
    const token = await this.#token;
    const { generation } = token.status();
    const value = rejected?.secret.expose() ?? [...this.#issued.keys()][generation - 1];
    const before = this.#begin(token);
    if (value !== undefined && !this.#rejectedAt.has(value)) this.#rejectedAt.set(value, before.step);
    const beginning = this.#begin(token);
    void this.#wait(token.invalidate(rejected), beginning, this.#newCaller());
  }

  /** Sets the wall clock. Answers that are under way arrive first: they were right by the time before. */
  async jumpWall(ms: number): Promise<void> {
    await this.clock.settle();
    this.#latestWall = Math.max(this.#latestWall, this.clock.now());
    this.clock.jumpWall(ms);
  }

  /** The issuer answers the waiting request with a token. */
  grant(lifetimeMs: number): void {
    const asked = this.#asked.shift();
    if (asked !== undefined) this.#grant(asked, lifetimeMs);
  }

  /** A caller requests the token, and the issuer answers the waiting request. */
  async getGranted(lifetimeMs: number): Promise<void> {
    await this.get();
    await this.clock.settle();
    this.grant(lifetimeMs);
    await this.clock.settle();
  }

  /** The issuer answers with an error status, or its response is lost. */
  fail(status: number | undefined): void {
    const asked = this.#asked.shift();
    if (asked !== undefined) this.#heldUpIn = this.#generation;
    if (status === undefined) asked?.lose(new TypeError('fetch failed'));
    else asked?.answer(Response.json({ error: 'invalid_client' }, { status }));
  }

  async close(): Promise<void> {
    const token = await this.#token;
    this.#closed ??= this.#begin(token);
    await token.close();
  }

  /** From now on the issuer answers at once. Waiting requests are answered too. */
  heal(): void {
    this.isHealthy = true;
    while (this.#asked.length > 0) this.grant(600_000);
  }

  get #generation(): number | undefined {
    return this.#made?.status().generation;
  }

  /** True when a request for the successor of the current token failed, or takes long. */
  get #mayFallBack(): boolean {
    return this.#heldUpIn === this.#generation || this.#asked.some((asked) => this.#isSlow(asked));
  }

  #isSlow({ askedAt }: Asked): boolean {
    return this.clock.monotonic() - askedAt.monotonic >= briefWaitMs;
  }

  #begin(token: Token): Beginning {
    this.#step += 1;
    return { step: this.#step, generation: token.status().generation, mayFallBack: this.#mayFallBack };
  }

  #newCaller(): Caller {
    const caller = { controller: new AbortController(), isSettled: false };
    this.callers.push(caller);
    return caller;
  }

  #instant(): Instant {
    return { wall: this.clock.now(), monotonic: this.clock.monotonic() };
  }

  async #wait(answered: Promise<Answer>, beginning: Beginning, caller: Caller): Promise<void> {
    try {
      this.#judge(await answered, beginning);
    } catch (cause) {
      const { signal } = caller.controller;
      if (!signal.aborted || cause !== signal.reason) this.violations.push(`a call threw ${String(cause)}`);
    }
    caller.isSettled = true;
  }

  #ask(signal: AbortSignal | undefined): Promise<Response> {
    if (signal?.aborted === true) return Promise.reject(signal.reason); // like fetch: no request is sent
    this.requests += 1;
    if (this.isClosed) this.violations.push('a request after close');
    if (this.#asked.length > 0) this.violations.push('two requests at once');
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const { wall, monotonic } = this.#instant();
    const askedAt = { wall: Math.max(wall, this.#latestWall), monotonic };
    const asked: Asked = { askedAt, answer: resolve, lose: reject };
    this.#asked.push(asked);
    signal?.addEventListener('abort', () => {
      const place = this.#asked.indexOf(asked);
      if (place >= 0) this.#asked.splice(place, 1);
      this.#heldUpIn = this.#generation;
      reject(signal.reason);
    });
    if (this.isHealthy) this.grant(600_000);
    return promise;
  }

  #grant(asked: Asked, lifetimeMs: number): void {
    const { askedAt, answer } = asked;
    if (this.#isSlow(asked)) this.#heldUpIn = this.#generation;
    const value = `at_CANARY_${this.#issued.size + 1}`;
    this.#issued.set(value, { askedAt, lifetimeMs });
    this.#latestWall = this.clock.now();
    answer(Response.json({ access_token: value, token_type: 'Bearer', expires_in: lifetimeMs / 1_000 }));
  }

  #judge(answer: Answer, { step, generation, mayFallBack }: Beginning): void {
    const { violations } = this;
    const closed = this.#closed ?? { step: Infinity, generation: Infinity };
    if (answer.isErr()) {
      const { code } = answer.error;
      const isRight = code === 'TOKEN_CLOSED' ? this.isClosed : step < closed.step;
      if (!isRight) violations.push(`${code}, closed or not`);
      return;
    }
    const { value } = answer;
    const name = value.secret.expose();
    this.held.push(value);
    const issue = this.#issued.get(name);
    const hasJustCome = value.generation > generation;
    if (issue === undefined) violations.push(`${name} was never issued`);
    else if (!hasJustCome && this.#ageMs(issue) >= issue.lifetimeMs) violations.push(`${name} has expired`);
    const isFallback = value.generation === generation && (mayFallBack || this.#mayFallBack);
    if (!isFallback && (this.#rejectedAt.get(name) ?? Infinity) < step) violations.push(`${name} was rejected before`);
    if (step > closed.step || value.generation > closed.generation) violations.push(`${name} outcome after close`);
  }

  #ageMs({ askedAt }: Issue): number {
    const { wall, monotonic } = this.#instant();
    return Math.max(wall - askedAt.wall, monotonic - askedAt.monotonic);
  }
}
